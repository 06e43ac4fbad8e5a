"""A box for Vagrant's provider virtualbox. It holds no key either: each machine is given one by its own Vagrantfile.

Boxes usually let everybody in who has Vagrant's published key. This one has no login that anybody knows: the
Vagrantfile inside it makes a key pair beside the project and hands the public half to the machine as a system
credential (`ssh.authorized_keys.root`), in the firmware's table of vendor strings, where systemd looks for it.
"""

METADATA = '{"provider":"virtualbox"}\n'

VAGRANTFILE = """\
# Comes with the box. No key is in the box: one is made for each machine, and only its public half leaves this computer.
require "fileutils"

Vagrant.configure("2") do |config|
  config.ssh.username = "root"
  config.ssh.insert_key = false
  config.vm.boot_timeout = 600
  config.vm.synced_folder ".", "/vagrant", disabled: true

  config.vm.provider "virtualbox" do |machine, override|
    folder = File.join(Dir.pwd, ".vagrant", "koor")
    key = File.join(folder, "id_ed25519")
    unless File.exist?(key)
      FileUtils.mkdir_p(folder, mode: 0o700)
      system("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "vagrant", "-f", key) or raise "ssh-keygen failed"
    end
    override.ssh.private_key_path = key
    credential = "io.systemd.credential:ssh.authorized_keys.root=" + File.read(key + ".pub").strip
    machine.customize ["setextradata", :id,
                       "VBoxInternal/Devices/pcbios/0/Config/DmiOEMVBoxVer", "string:" + credential]
    machine.cpus = 2
    machine.memory = 4096
  end
end
"""
