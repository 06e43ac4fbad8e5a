"""A box for Vagrant's provider virtualbox. It holds no key either: each project makes one by the box's Vagrantfile.

Boxes usually let everybody in who has Vagrant's published key. This one has no login that anybody knows: the
Vagrantfile inside it makes a key pair beside the project and hands the public half to the machine as a system
credential (`ssh.authorized_keys.root`), in the firmware's table of vendor strings, where systemd looks for it.
"""

METADATA = '{"provider":"virtualbox"}\n'

VAGRANTFILE = """\
# Comes with the box. No key is in the box: one is made for each project, and only its public half leaves this computer.
require "fileutils"

Vagrant.configure("2") do |config|
  config.ssh.username = "root"
  config.ssh.insert_key = false
  config.vm.boot_timeout = 600
  config.vm.synced_folder ".", "/vagrant", disabled: true

  config.vm.provider "virtualbox" do |machine, override|
    project = ENV["VAGRANT_CWD"] || Dir.pwd
    project = File.dirname(project) until Dir.glob(File.join(project, "{Vagrantfile,vagrantfile}")).any? ||
                                          project == File.dirname(project)
    folder = File.join(project, ".vagrant", "koor")
    key = File.join(folder, "id_ed25519")
    if !File.exist?(key) && ARGV.include?("up")
      FileUtils.mkdir_p(folder, mode: 0o700)
      system("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "vagrant", "-f", key) or raise "ssh-keygen failed"
    end
    override.ssh.private_key_path = key
    if File.exist?(key + ".pub")
      credential = "io.systemd.credential:ssh.authorized_keys.root=" + File.read(key + ".pub").strip
      machine.customize ["setextradata", :id,
                         "VBoxInternal/Devices/pcbios/0/Config/DmiOEMVBoxVer", "string:" + credential]
    end
    machine.cpus = 2
    machine.memory = 4096
  end
end
"""
