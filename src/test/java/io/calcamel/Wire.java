package io.calcamel;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * The line between a hub and a server, on which things go wrong that no server can do to itself: it can be cut, and answers
 * can get lost or be late after the server has done what it was asked.
 */
public final class Wire implements AutoCloseable {

    private enum Harm { LATE, LOST }

    private record Spoilt(Harm harm, Pattern match, int oneOf, Duration late) {
    }

    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger matched = new AtomicInteger();
    private final AtomicInteger hits = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile int serverPort;
    private volatile Spoilt spoilt;
    private volatile String[] replaced;
    private ServerSocket listening;
    private Thread accepting;
    private int port;

    /** Leads to this port of this machine from now on. */
    public synchronized void lead(int toPort) {
        serverPort = toPort;
        port = freePort();
        up();
    }

    /** Where the line begins. */
    public int port() {
        return port;
    }

    /** Below those that the system gives to outgoing connections, which could take it while the line is down. */
    private static int freePort() {
        while (true) {
            int some = ThreadLocalRandom.current().nextInt(20_000, 30_000);
            try (ServerSocket free = new ServerSocket(some, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (IOException e) {
                // Taken: another.
                continue;
            }
        }
    }

    /** Connections are taken, at the same port as before. */
    public synchronized void up() {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            port = socket.getLocalPort();
            listening = socket;
            accepting = thread(() -> accept(socket));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connections are cut, and new ones refused. */
    public synchronized void down() {
        close(listening);
        sockets.forEach(Wire::close);
        try {
            // Until then the port is not free.
            accepting.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The answers to one of so many matching requests (method and path) are lost, with the connection. */
    public void loseAnswers(String match, int oneOf) {
        spoil(new Spoilt(Harm.LOST, Pattern.compile(match), oneOf, Duration.ZERO));
    }

    /** The answers to one of so many matching requests (method and path) come late. */
    public void delayAnswers(String match, int oneOf, Duration late) {
        spoil(new Spoilt(Harm.LATE, Pattern.compile(match), oneOf, late));
    }

    private void spoil(Spoilt next) {
        hits.set(0);
        spoilt = next;
    }

    /** From now on answers say something else; of the same length. */
    public void replace(String text, String with) {
        replaced = new String[] {text, with};
    }

    /** All is well again. */
    public void heal() {
        spoilt = null;
    }

    /** How many answers were spoilt. */
    public int hits() {
        return hits.get();
    }

    @Override
    public synchronized void close() {
        closed.countDown();
        down();
    }

    private void accept(ServerSocket from) {
        while (!from.isClosed()) {
            try {
                Socket client = from.accept();
                sockets.add(client);
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                sockets.add(server);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                String[] request = {""};
                thread(() -> requests(client, server, request));
                thread(() -> answers(server, client, request));
            } catch (IOException e) {
                // Cut, on either side.
                continue;
            }
        }
    }

    private void requests(Socket client, Socket server, String[] request) {
        copy(client, server, chunk -> {
            if (chunk.matches("(?s)(GET|POST|PUT|PATCH|DELETE) /.*")) {
                synchronized (request) {
                    request[0] = chunk.substring(0, chunk.indexOf(" HTTP/")).replaceFirst("\\?.*", "");
                }
            }
            return true;
        });
    }

    private void answers(Socket server, Socket client, String[] request) {
        copy(server, client, chunk -> {
            Spoilt now = spoilt;
            if (now == null || !chunk.startsWith("HTTP/1.1")) {
                return true;
            }
            String asked;
            synchronized (request) {
                asked = request[0];
            }
            if (!now.match().matcher(asked).find() || matched.getAndIncrement() % now.oneOf() != 0) {
                return true;
            }
            hits.incrementAndGet();
            return now.harm() == Harm.LATE && !closed.await(now.late().toMillis(), TimeUnit.MILLISECONDS);
        });
    }

    private interface Passing {
        /** Whether a chunk is passed on; if not, the connection ends. */
        boolean lets(String chunk) throws InterruptedException;
    }

    private void copy(Socket from, Socket to, Passing passing) {
        byte[] buffer = new byte[256 * 1024];
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                // One byte is one character, so that nothing changes but what is replaced.
                String chunk = new String(buffer, 0, read, StandardCharsets.ISO_8859_1);
                if (!passing.lets(chunk)) {
                    return;
                }
                String[] other = replaced;
                out.write(other == null ? chunk.getBytes(StandardCharsets.ISO_8859_1) : chunk.replace(other[0], other[1]).getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
            }
        } catch (IOException e) {
            // The other side is gone, or the line was cut.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "wire");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void close(AutoCloseable closeable) {
        try {
            if (closeable != null) {
                closeable.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
