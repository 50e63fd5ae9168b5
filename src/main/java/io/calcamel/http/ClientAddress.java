package io.calcamel.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.apache.camel.Exchange;

/**
 * Whom a request comes from. That is who opened the connection; where that is a proxy of the operator's own, it is whom the proxy says:
 * the last address in X-Forwarded-For that is none of these proxies. What stands before it can be anybody's invention.
 */
public final class ClientAddress {

    private static final String FORWARDED = "X-Forwarded-For";
    private static final int NETWORK_BYTES = 8;

    private final List<Network> proxies;

    /**
     * @param proxies addresses and networks (10.1.0.0/16) of proxies, separated by commas; blank for none
     * @throws IllegalArgumentException if one is neither
     */
    public ClientAddress(String proxies) {
        this.proxies = Arrays.stream(proxies.split(",")).map(String::strip).filter(text -> !text.isEmpty()).map(text -> Network.parse(text)
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is no address and no network: use the like of 10.1.2.3 or 10.1.0.0/16."))).toList();
    }

    /**
     * @param exchange an exchange that a {@code platform-http} route began
     * @return an address, of IPv6 the network: who has one has them all
     */
    public String of(Exchange exchange) {
        Request request = Request.of(exchange);
        return of(request.peer(), request.all(FORWARDED));
    }

    String of(String peer, List<String> forwarded) {
        String client = peer;
        String[] hops = String.join(",", forwarded).split(",");
        for (int i = hops.length - 1; i >= 0 && isProxy(client); i--) {
            String hop = hops[i].strip();
            if (Network.parse(hop).isEmpty() || hop.indexOf('/') >= 0) {
                break;
            }
            client = hop;
        }
        return network(client);
    }

    private boolean isProxy(String address) {
        InetAddress parsed = parse(address);
        return parsed != null && proxies.stream().anyMatch(network -> network.has(parsed));
    }

    private static String network(String address) {
        InetAddress parsed = parse(address);
        if (parsed == null) {
            return "";
        }
        byte[] bytes = parsed.getAddress();
        if (bytes.length == 4) {
            return parsed.getHostAddress();
        }
        Arrays.fill(bytes, NETWORK_BYTES, bytes.length, (byte) 0);
        try {
            return InetAddress.getByAddress(bytes).getHostAddress() + "/64";
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static InetAddress parse(String address) {
        try {
            return address == null || Network.parse(address).isEmpty() ? null : InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
