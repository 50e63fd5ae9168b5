package io.calcamel.sandbox;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Who has which key. Any key that begins with {@code cal_} is good: one that was never seen gets an account of its own, with
 * the content that the demo account has. Words in a key say that it is not good, or that it is of the other region.
 */
final class Accounts {

    /** What a request says about its caller. */
    enum Kind { NOBODY, ACCOUNT, UNKNOWN_KEY, EXPIRED_KEY, UNKNOWN_TOKEN }

    /** @param name what counts as one caller for the rate limit; null if it is the address that counts */
    record Caller(Kind kind, String name, Account account) {
    }

    private static final List<String> WORDS_OF_UNKNOWN_KEYS = List.of("not_a_known", "unknown", "invalid", "wrong", "bad", "revoked");
    private static final String WORD_OF_EXPIRED_KEYS = "expired";
    private static final String PREFIX = "cal_";

    private static final String EXAMPLE_HOST = "cal_example_host_key";
    private static final String EXAMPLE_OTHER = "cal_example_other_key";
    private static final String EXAMPLE_REFRESH = "cal_example_refresh_key";
    private static final String EXAMPLE_LIMIT = "cal_example_limit_key";

    private final World world;
    private final Seed seed;
    private final Map<String, Account> byKey = new HashMap<>();

    Accounts(World world, Seed seed, String demoKey) {
        this.world = world;
        this.seed = seed;
        Account demo = seed.account("mira", "Mira Sommer", "mira@sandbox.example");
        demo.bio = "Consulting and workshops";
        byKey.put(demoKey, demo);
    }

    Account demo(String demoKey) {
        return byKey.get(demoKey);
    }

    /**
     * @param key what was sent as a key; empty if nothing was
     * @param region which region is asked
     */
    Caller caller(String key, Region region) {
        if (key.isEmpty()) {
            return new Caller(Kind.NOBODY, null, null);
        }
        boolean isOfRegion = Region.of(key) == region;
        Account known = byKey.get(key);
        if (known != null && isOfRegion) {
            return new Caller(Kind.ACCOUNT, key, known);
        }
        if (!key.startsWith(PREFIX)) {
            return new Caller(Kind.UNKNOWN_TOKEN, key, null);
        }
        String word = key.toLowerCase(Locale.ROOT);
        if (!isOfRegion) {
            return new Caller(Kind.UNKNOWN_KEY, null, null);
        }
        if (word.contains(WORD_OF_EXPIRED_KEYS)) {
            return new Caller(Kind.EXPIRED_KEY, key, null);
        }
        if (WORDS_OF_UNKNOWN_KEYS.stream().anyMatch(word::contains)) {
            return new Caller(Kind.UNKNOWN_KEY, null, null);
        }
        return new Caller(Kind.ACCOUNT, key, create(key));
    }

    private Account create(String key) {
        Account account = switch (key) {
            case EXAMPLE_HOST, EXAMPLE_REFRESH, EXAMPLE_LIMIT -> byKey.getOrDefault(EXAMPLE_HOST, null) == null
                    ? exampleHost() : byKey.get(EXAMPLE_HOST);
            case EXAMPLE_OTHER -> seed.emptyAccount(102, "tom", "Tom", "tom@example.com", "America/New_York");
            default -> seed.account();
        };
        byKey.put(key, account);
        return account;
    }

    private Account exampleHost() {
        Account host = seed.emptyAccount(101, "mira", "Mira", "mira.okafor@example.com", "Europe/Berlin");
        seed.whatTheApiCannotMake(host);
        byKey.put(EXAMPLE_HOST, host);
        return host;
    }

    /** @return the account with that user name; null if there is none */
    Account named(String username) {
        return world.accountsByName.get(username);
    }
}
