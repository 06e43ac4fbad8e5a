<?php
/**
 * The jobs. As with the real application, the monitoring job crashes and the update job does nothing.
 */
declare(strict_types=1);

match ($argv[1] ?? '') {
    '/monitoring' => throw new RuntimeException('the monitoring job is not finished'),
    default => exit(0),
};
