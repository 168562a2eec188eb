<?php
// Makes a WordPress of the bench's own, by its own functions and without a plugin:
//
//   wordpress.php SITE install            makes its tables, with permalinks by name
//   wordpress.php SITE fill FILE          publishes the bulletins of a file, one in JSON a line
//   wordpress.php SITE entries COUNT      how many entries a feed has, with their full text
//
// SITE is the folder with its wp-config.php. Whatever goes wrong ends it with status 1 and a line on standard error.

error_reporting(E_ALL & ~E_DEPRECATED);
set_exception_handler(function ($error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
});

[, $site, $what] = $argv;
$_SERVER['HTTP_HOST'] = 'localhost';
$_SERVER['REQUEST_URI'] = '/';
$_SERVER['REQUEST_METHOD'] = 'GET';

// Posts of the past are nobody's news: no pings.
define('WP_IMPORTING', true);
if ($what === 'install') {
    define('WP_INSTALLING', true);
    // Nobody is to be written to.
    function wp_new_blog_notification() {}
}
require "$site/wp-load.php";

match ($what) {
    'install' => install(),
    'fill' => fill($argv[3]),
    'entries' => update_option('posts_per_rss', (int) $argv[3]),
};

function install(): void
{
    require_once ABSPATH . 'wp-admin/includes/upgrade.php';
    wp_install('Peers', 'bench', 'bench@example.org', true, '', 'a password that only the bench has');
    // What WordPress welcomes a new site with.
    wp_delete_post(1, true);
    update_option('rss_use_excerpt', 0);
    update_option('permalink_structure', '/%year%/%monthnum%/%postname%/');
}

function fill(string $file): void
{
    // Categories have addresses by name only where WordPress starts with permalinks by name.
    flush_rewrite_rules(false);
    wp_set_current_user(1);
    wp_defer_term_counting(true);
    foreach (new SplFileObject($file) as $line) {
        if (trim($line) !== '') {
            publish(json_decode($line, true, 16, JSON_THROW_ON_ERROR));
        }
    }
    wp_defer_term_counting(false);
    global $wpdb;
    $theme = wp_get_theme();
    printf(
        "WordPress %s, PHP %s, MariaDB %s, %s\n",
        get_bloginfo('version'),
        PHP_VERSION,
        strtok($wpdb->db_server_info(), '-'),
        $theme->exists() ? "theme $theme" : 'no theme',
    );
}

function publish(array $bulletin): void
{
    $date = gmdate('Y-m-d H:i:s', strtotime($bulletin['published']));
    // It takes slashes away.
    $post = wp_insert_post(wp_slash([
        'post_title' => $bulletin['title'],
        'post_excerpt' => $bulletin['summary'],
        'post_content' => $bulletin['body_html'],
        'post_date' => $date,
        'post_date_gmt' => $date,
        'post_status' => 'publish',
        'post_author' => 1,
    ]), true);
    given($post);
    given(wp_set_post_terms($post, array_map('category', $bulletin['categories']), 'category'));
}

function category(string $name): int
{
    $known = term_exists($name, 'category') ?: wp_insert_term($name, 'category');
    return (int) given($known)['term_id'];
}

function given(mixed $result): mixed
{
    if (is_wp_error($result)) {
        throw new RuntimeException($result->get_error_message());
    }
    return $result;
}
