<?php
declare(strict_types=1);

final class Application
{
    private const LOCKED_AFTER = 3;

    public function __construct(private array $config, private int $version)
    {
    }

    public function answer(string $path, string $method): void
    {
        $this->open('select')->prepare('INSERT INTO monitoring_request (monitoring_request_path) VALUES (?)')->execute([$path]);
        session_start();
        match (true) {
            $path === '/' => $this->page(403, 'Sign in'),
            preg_match('~^/[a-z]{2}/api/login$~', $path) === 1 && $method === 'POST' => $this->login(),
            preg_match('~^/[a-z]{2}/api/(?:organization/(unit|department|position)|admin/(group))$~', $path, $found) === 1
                && $method === 'PUT' => $this->make(end($found)),
            preg_match('~^/([a-z]{2}/)?api(/|$)~', $path) === 1 => $this->json(404, ['status' => 'not found']),
            preg_match('~^/[a-z]{2}/backend~', $path) === 1 => isset($_SESSION['account'])
                ? $this->page(200, 'Backend') : $this->page(403, 'Sign in'),
            default => $this->page(404, 'Not found'),
        };
    }

    private function login(): void
    {
        $account = $this->open('select')->prepare(
            'SELECT account_id, account_password, account_tries FROM account WHERE account_login = ? AND account_status = 1'
        );
        $account->execute([$_POST['user'] ?? '']);
        $found = $account->fetch(PDO::FETCH_ASSOC);
        $right = $found && $found['account_tries'] < self::LOCKED_AFTER
            && password_verify($_POST['pass'] ?? '', $found['account_password']);
        if ($found) {
            $this->open('update')->prepare('UPDATE account SET account_tries = ? WHERE account_id = ?')
                ->execute([$right ? 0 : $found['account_tries'] + 1, $found['account_id']]);
        }
        if (!$right) {
            $this->log('warning', 'login refused');
            $this->json(403, ['status' => 'refused']);
            return;
        }
        $_SESSION['account'] = $found['account_id'];
        $this->json(200, ['status' => 'ok']);
    }

    private function make(string $kind): void
    {
        parse_str(file_get_contents('php://input'), $given);
        $name = $given['name'] ?? '';
        // As the real one: whoever is not signed in, or has not the token of their page, makes nothing.
        if (!isset($_SESSION['account']) || !hash_equals($_SESSION['CSRF'] ?? '', $given['CSRF'] ?? '?')) {
            $this->json(403, ['status' => 'refused']);
            return;
        }
        if ($name === '' || ($given['status'] ?? '') !== '1' || ($kind === 'department' && !is_numeric($given['unit'] ?? ''))) {
            $this->json(400, ['status' => 'not valid']);
            return;
        }
        $columns = ["{$kind}_name" => $name];
        $above = ['department' => 'unit', 'position' => 'department'][$kind] ?? null;
        if ($above !== null) {
            $columns["{$kind}_{$above}"] = ($given[$above] ?? '') === '' ? null : (int) $given[$above];
        }
        $marks = implode(', ', array_fill(0, count($columns), '?'));
        $this->open('insert')->prepare("INSERT INTO `$kind` (" . implode(', ', array_keys($columns)) . ") VALUES ($marks)")
            ->execute(array_values($columns));
        $this->json(200, ['status' => 'ok']);
    }

    private function open(string $work): PDO
    {
        $master = $this->config['db']['core']['masters'][$work];
        return new PDO(
            "{$master['db']}:host={$master['host']};port={$master['port']};dbname={$master['database']}",
            $master['login'], $master['password'], [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]
        );
    }

    private function log(string $level, string $message): void
    {
        $line = implode('; ', [date('Y-m-d H:i:s'), $level, '127.0.0.1', $message]) . "\n";
        file_put_contents($this->config['log']['file']['path'] . '/' . date('Y-m-d') . '.log', $line, FILE_APPEND);
    }

    private function page(int $status, string $title): void
    {
        http_response_code($status);
        header('Content-Type: text/html; charset=utf-8');
        $key = ($_SERVER['OMS_PRIVATE_KEY_I'] ?? '') === '' ? 'missing' : 'there';
        $token = $_SESSION['CSRF'] ??= bin2hex(random_bytes(16));
        echo "<!doctype html><html lang=\"en\"><meta name=\"CSRF\" content=\"$token\"><title>$title</title><p>version {$this->version}, key $key</p></html>";
    }

    private function json(int $status, array $answer): void
    {
        http_response_code($status);
        header('Content-Type: application/json');
        echo json_encode($answer);
    }
}
