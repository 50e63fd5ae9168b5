package io.calcamel;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** One connection to an HTTP server over which any bytes can be sent, also such as no HTTP client sends. */
public final class HttpLine implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 180_000;

    /** An answer; status 0 where the server has closed the connection instead. Header names are in lower case. */
    public record Answer(int status, Map<String, String> headers, String body) {

        private static final Answer NONE = new Answer(0, Map.of(), "");

        public String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    private final int port;
    private Socket socket;
    private InputStream in;

    public HttpLine(int port) {
        this.port = port;
    }

    /**
     * Sends a whole request and reads its answer; on a new connection where the server has closed the old one meanwhile.
     *
     * @param request the bytes
     * @param isHead  whether the answer has no body, whatever its headers say
     * @param isLast  whether nothing can be sent over this connection after it, since where it ends nobody knows
     */
    public Answer ask(byte[] request, boolean isHead, boolean isLast) throws IOException {
        if (isLast) {
            close();
        }
        boolean wasUsed = socket != null;
        try {
            Answer answer = exchange(request, isHead, isLast);
            if (answer.status() != 0 || !wasUsed) {
                return answer;
            }
        } catch (IOException e) {
            close();
            if (!wasUsed) {
                throw e;
            }
        }
        try {
            return exchange(request, isHead, isLast);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private Answer exchange(byte[] request, boolean isHead, boolean isLast) throws IOException {
        if (socket == null) {
            socket = new Socket("127.0.0.1", port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            in = new BufferedInputStream(socket.getInputStream());
        }
        try {
            socket.getOutputStream().write(request);
            if (isLast) {
                socket.shutdownOutput();
            }
        } catch (IOException e) {
            // A server may refuse a request before it has read all of it; what it says is read below.
        }
        Answer answer = answer(isHead);
        if (isLast || answer.status() == 0 || answer.header("connection").equalsIgnoreCase("close")) {
            close();
        }
        return answer;
    }

    private Answer answer(boolean isHead) throws IOException {
        String statusLine = line();
        while (statusLine != null && statusLine.matches("HTTP/1.1 1\\d\\d.*")) {
            headers();
            statusLine = line();
        }
        if (statusLine == null) {
            return Answer.NONE;
        }
        if (!statusLine.matches("HTTP/\\d\\.\\d \\d{3}.*")) {
            throw new IOException("no HTTP: " + statusLine);
        }
        int status = Integer.parseInt(statusLine.substring(9, 12));
        Map<String, String> headers = headers();
        return new Answer(status, headers, isHead || status == 204 || status == 304 ? "" : new String(body(headers), StandardCharsets.UTF_8));
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (String line = line(); line != null && !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw new IOException("no header: " + line);
            }
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
        return headers;
    }

    private byte[] body(Map<String, String> headers) throws IOException {
        if (headers.getOrDefault("transfer-encoding", "").equals("chunked")) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
                body.write(exactly(size));
                line();
            }
            headers();
            return body.toByteArray();
        }
        String length = headers.get("content-length");
        return length == null ? in.readAllBytes() : exactly(Integer.parseInt(length));
    }

    private byte[] exactly(int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("the answer ends in the middle");
        }
        return bytes;
    }

    /** The next line without its end; null where the connection is closed. */
    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return null;
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
