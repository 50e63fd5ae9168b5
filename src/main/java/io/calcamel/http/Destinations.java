package io.calcamel.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;

/**
 * Which addresses this hub calls for others: the bean {@code destinations} of the routes that store one. Whoever can say where a
 * company's Cal.com is could else have the hub ask its own network, or the cloud for its credentials.
 *
 * <p>In profile prod: https, and hosts of the public internet (IANA's registries of special-purpose addresses, RFC 6890), also
 * when a name leads elsewhere. Hosts and networks that the operator trusts are taken besides, with http too. In dev: any but
 * those that are taken nowhere: link-local ones, where clouds answer with credentials, and the clouds' other metadata services.
 */
public final class Destinations {

    private static final Set<String> METADATA_NAMES = Set.of("metadata", "metadata.google.internal", "metadata.goog", "instance-data",
            "instance-data.ec2.internal");
    /** 169.254.169.254 and its kind; ECS and EKS; Alibaba; Oracle; Azure's wire server; IPv6 of AWS and Google. */
    private static final List<Network> NOWHERE = networks("169.254.0.0/16", "fe80::/10", "100.100.100.200/32", "192.0.0.192/32", "168.63.129.16/32",
            "fd00:ec2::/32", "fd20:ce::254/128");
    private static final List<Network> NOT_PUBLIC = networks("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24",
            "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "3fff::/20");
    private static final Network GLOBAL_IPV6 = Network.parse("2000::/3").orElseThrow();
    /** An IPv4 address in an IPv6 one, and where in it: RFC 6052, RFC 3056, RFC 4291 section 2.5.5.1. */
    private static final Network NAT64 = Network.parse("64:ff9b::/96").orElseThrow();
    private static final Network SIX_TO_FOUR = Network.parse("2002::/16").orElseThrow();
    private static final Network COMPATIBLE = Network.parse("::/96").orElseThrow();
    /** 2130706433, 0x7f.1 and 0177.0.0.1 are 127.0.0.1 to some and a name to others. */
    private static final Pattern ODD_NUMBERS = Pattern.compile("(?i)(.*\\.)?(0x[0-9a-f]*|\\d+)\\.?");
    private static final String BYTE = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern IPV4 = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");
    private static final long LOOK_UP_SECONDS = 2;
    private static final int LOOK_UPS = 4;

    private final boolean isOpen;
    private final Set<String> trustedNames = new HashSet<>();
    private final List<Network> trustedNetworks = new ArrayList<>();
    private final ThreadPoolExecutor lookUps = new ThreadPoolExecutor(0, LOOK_UPS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
        Thread thread = new Thread(task, "destination-look-up");
        thread.setDaemon(true);
        return thread;
    });

    /** An address that this hub does not call. */
    public static final class Refused extends UnknownHostException {

        private static final long serialVersionUID = 1L;

        Refused(String why) {
            super(why);
        }
    }

    /**
     * @param isOpen  whether hosts need not be public, nor https: in dev
     * @param trusted hosts (names, addresses) and networks (10.1.0.0/16) that may be called all the same, separated by commas
     * @throws IllegalArgumentException if one is neither
     */
    public Destinations(boolean isOpen, String trusted) {
        this.isOpen = isOpen;
        for (String entry : trusted.split(",")) {
            String host = entry.strip().toLowerCase(Locale.ROOT);
            if (!host.isEmpty()) {
                Optional<Network> network = Network.parse(host);
                network.ifPresent(trustedNetworks::add);
                if (network.isEmpty() && !host.matches("[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?")) {
                    throw new IllegalArgumentException("'" + entry.strip() + "' is no host and no network: use the like of calcom.internal, 10.1.2.3 or 10.1.0.0/16.");
                }
                if (network.isEmpty()) {
                    trustedNames.add(host);
                }
            }
        }
    }

    /**
     * Why an address may not be stored; looks its host up where that takes no longer than two seconds. A name that is not known
     * now is taken: what it leads to is looked at with every call.
     *
     * @param address an address of an API
     * @return what is wrong with it, and what to do; empty for nothing
     */
    public Optional<String> refusal(String address) {
        try {
            URI url = URI.create(address.strip());
            if (url.getHost() == null || url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
                return Optional.of("is no address of an API: use the like of https://api.cal.com/v2.");
            }
            check(url.getScheme(), url.getHost());
            lookUp(bare(url.getHost()));
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of("is no address of an API: use the like of https://api.cal.com/v2.");
        } catch (Refused e) {
            return Optional.of(e.getMessage());
        }
    }

    /**
     * Refuses a body with a {@code baseUrl} that this hub would not call; what else is wrong with it is for others to say.
     *
     * @param body the body of a call, which is left as it is
     * @throws Problem 400 {@code bad_request}, {@code bad_parameter}
     */
    public void check(@Body byte[] body) {
        JsonNode address = JsonBody.read(body).path("baseUrl");
        if (address.isTextual()) {
            refusal(address.textValue()).ifPresent(why -> {
                throw Problem.badParameter("baseUrl", why, null);
            });
        }
    }

    /**
     * Has a client call nothing else, whatever a name leads to by then.
     *
     * @param client      the client
     * @param connections its connections, which are made to this hub's liking
     */
    public void guard(HttpClientBuilder client, PoolingHttpClientConnectionManagerBuilder connections) {
        client.setConnectionManager(connections.setDnsResolver(new SystemDefaultDnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                InetAddress[] found = super.resolve(host);
                checkAll(bare(host), found);
                return found;
            }
        }).build());
        client.addExecInterceptorFirst("destinations", (request, scope, chain) -> {
            check(scope.route.getTargetHost().getSchemeName(), scope.route.getTargetHost().getHostName());
            return chain.proceed(request, scope);
        });
    }

    /** What can be told without looking the host up. */
    private void check(String scheme, String hostOrLiteral) throws Refused {
        String host = bare(hostOrLiteral);
        boolean isHttps = "https".equalsIgnoreCase(scheme);
        if (!isHttps && !"http".equalsIgnoreCase(scheme)) {
            throw new Refused("is no address of an API: use the like of https://api.cal.com/v2.");
        }
        if (METADATA_NAMES.contains(host)) {
            throw nowhere();
        }
        Optional<InetAddress> literal = literal(host);
        if (literal.isEmpty() && ODD_NUMBERS.matcher(host).matches()) {
            throw new Refused("has a number for a host that is read in more than one way: use a name, or four numbers with dots.");
        }
        if (literal.isPresent()) {
            checkAll(host, literal.get());
        }
        if (!isHttps && !isOpen && !isTrusted(host, literal.orElse(null))) {
            throw new Refused("is not https. In profile prod nothing else is called, but for hosts that outbound.private-hosts names.");
        }
    }

    private void checkAll(String host, InetAddress... found) throws Refused {
        for (InetAddress address : found) {
            InetAddress meant = meant(address);
            if (NOWHERE.stream().anyMatch(network -> network.has(meant) || network.has(address))) {
                throw nowhere();
            }
            if (!isOpen && !isTrusted(host, address) && !isTrusted(host, meant) && !(isPublic(address) && isPublic(meant))) {
                throw new Refused("leads to a network that is not public. Where the Cal.com there is the operator's own,"
                        + " outbound.private-hosts names the host or its network.");
            }
        }
    }

    private static Refused nowhere() {
        return new Refused("leads to where clouds keep the credentials of their machines, and no Cal.com.");
    }

    private boolean isTrusted(String host, InetAddress address) {
        return trustedNames.contains(host) || address != null && trustedNetworks.stream().anyMatch(network -> network.has(address));
    }

    private static boolean isPublic(InetAddress address) {
        boolean isOfKind = address.getAddress().length == 4 || GLOBAL_IPV6.has(address) || NAT64.has(address);
        return isOfKind && NOT_PUBLIC.stream().noneMatch(network -> network.has(address));
    }

    /** The IPv4 address that an IPv6 one stands for, else itself. */
    private static InetAddress meant(InetAddress address) {
        byte[] bytes = address.getAddress();
        int from = bytes.length == 4 ? -1 : NAT64.has(address) || COMPATIBLE.has(address) ? 12 : SIX_TO_FOUR.has(address) ? 2 : -1;
        // :: and ::1 are addresses of their own.
        boolean isOwn = from == 12 && !NAT64.has(address) && bytes[12] == 0 && bytes[13] == 0;
        try {
            return from < 0 || isOwn ? address : InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + 4));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private void lookUp(String host) throws Refused {
        if (literal(host).isPresent()) {
            return;
        }
        Future<InetAddress[]> found;
        try {
            found = lookUps.submit(() -> InetAddress.getAllByName(host));
        } catch (RejectedExecutionException e) {
            return;
        }
        try {
            checkAll(host, found.get(LOOK_UP_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            found.cancel(true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Optional<InetAddress> literal(String host) {
        try {
            return IPV4.matcher(host).matches() || host.indexOf(':') >= 0 ? Optional.of(InetAddress.getByName(host)) : Optional.empty();
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** Without the brackets of an IPv6 address and the dot at the end of a name. */
    private static String bare(String host) {
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        return bare.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
    }

    private static List<Network> networks(String... texts) {
        return Arrays.stream(texts).map(text -> Network.parse(text).orElseThrow()).toList();
    }
}
