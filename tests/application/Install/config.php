<?php
/**
 * Where the installer finds the database. Whoever runs cli.php by hand edits this file first.
 */
declare(strict_types=1);

return [
    'db' => [
        'core' => [
            'masters' => [
                'admin' => [
                    'db'       => 'mysql', /* what to speak */
                    'host'     => '127.0.0.1',
                    'port'     => '3306',
                    'login'    => 'root',
                    'password' => 'root',
                    'database' => 'fixture',
                    'weight'   => 1000,
                ],
                'insert' => [
                    'db'       => 'mysql',
                    'host'     => '127.0.0.1',
                    'port'     => '3306',
                    'login'    => 'root',
                    'password' => 'root',
                    'database' => 'fixture',
                    'weight'   => 1000,
                ],
                'select' => [
                    'db'       => 'mysql',
                    'host'     => '127.0.0.1',
                    'port'     => '3306',
                    'login'    => 'root',
                    'password' => 'root',
                    'database' => 'fixture',
                    'weight'   => 1000,
                ],
                'update' => [
                    'db'       => 'mysql',
                    'host'     => '127.0.0.1',
                    'port'     => '3306',
                    'login'    => 'root',
                    'password' => 'root',
                    'database' => 'fixture',
                    'weight'   => 1000,
                ],
                'delete' => [
                    'db'       => 'mysql',
                    'host'     => '127.0.0.1',
                    'port'     => '3306',
                    'login'    => 'root',
                    'password' => 'root',
                    'database' => 'fixture',
                    'weight'   => 1000,
                ],
                'schema' => [
                    'db'       => 'mysql',
                    'host'     => '127.0.0.1',
                    'port'     => '3306',
                    'login'    => 'root',
                    'password' => 'root',
                    'database' => 'fixture',
                    'weight'   => 1000,
                ],
            ],
        ],
    ],
];
