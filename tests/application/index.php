<?php
/**
 * The fixture application: as much of the real one's face as a test of its installation meets, and nothing more.
 */
declare(strict_types=1);

const VERSION = 1;

// What is not installed says nothing, with 200: as misleading as the real one.
if (!is_file(__DIR__ . '/config.php')) {
    exit;
}
require __DIR__ . '/Model/Application.php';
(new Application(require __DIR__ . '/config.php', VERSION))->answer(
    parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/', $_SERVER['REQUEST_METHOD']
);
