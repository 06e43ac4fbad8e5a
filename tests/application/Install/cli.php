<?php
/**
 * Installs the fixture as the real application is installed, with the same dangers: it asks nothing, drops the database
 * that it is pointed at, takes the crontab of whoever runs it, makes a new key, and ends with 0 whatever happened.
 */
declare(strict_types=1);

$config = require __DIR__ . '/config.php';

// To be edited by whoever installs.
$orgname       = 'Organisation';
$adminname     = 'admin';
$adminpassword = 'admin';
$adminemail    = 'admin@application.example';
$domain        = '127.0.0.1';

require __DIR__ . '/../Model/Installer.php';

exec('crontab -r 2>/dev/null');
try {
    (new Installer(dirname(__DIR__), $config['db']['core']['masters']['admin']))
        ->install($orgname, $adminname, $adminpassword, $adminemail, $domain);
} catch (Throwable $problem) {
    echo $problem->getMessage(), "\n";
}
exit(0);
