package io.github.subquad.bench.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a page may do, by Content Security Policy: run the scripts and use the style sheet that it
 * was written with, told by their hashes, and ask no host for anything.
 */
final class ContentPolicy {
    private ContentPolicy() {}

    /**
     * A policy.
     *
     * @param style content of the only style element
     * @param scripts content of each script element
     * @return for {@code Content-Security-Policy}
     */
    static String of(String style, List<String> scripts) {
        String hashes = scripts.stream().map(ContentPolicy::hash).collect(Collectors.joining(" "));
        return "default-src 'none'; base-uri 'none'; form-action 'none'; style-src %s; script-src %s"
                .formatted(hash(style), hashes);
    }

    private static String hash(String content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
