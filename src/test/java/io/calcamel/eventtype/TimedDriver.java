package io.calcamel.eventtype;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Logger;

/** {@code jdbc:timed:postgresql:…}: adds up how long a hub is in its JDBC driver. Reading rows that have arrived is not counted. */
final class TimedDriver implements Driver {

    private static final String PREFIX = "jdbc:timed:";
    private static final LongAdder NANOS = new LongAdder();

    static {
        try {
            DriverManager.registerDriver(new TimedDriver());
        } catch (SQLException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The URL by which this driver is used. */
    static String timed(String url) {
        return url.replaceFirst("^jdbc:", PREFIX);
    }

    /** Milliseconds in the driver since the last call of this method. */
    static double takeMillis() {
        return NANOS.sumThenReset() / 1e6;
    }

    @Override
    public Connection connect(String url, Properties properties) throws SQLException {
        return acceptsURL(url) ? timed(Connection.class, DriverManager.getConnection(url.replace(PREFIX, "jdbc:"), properties)) : null;
    }

    private static <T> T timed(Class<T> type, T target) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            long begin = System.nanoTime();
            try {
                Object result = method.invoke(target, arguments);
                return result instanceof PreparedStatement statement ? timed(PreparedStatement.class, statement)
                        : result instanceof Statement statement ? timed(Statement.class, statement)
                        : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            } finally {
                if (!method.getDeclaringClass().equals(Object.class)) {
                    NANOS.add(System.nanoTime() - begin);
                }
            }
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader() == null ? TimedDriver.class.getClassLoader() : type.getClassLoader(),
                new Class<?>[] {type}, handler));
    }

    @Override
    public boolean acceptsURL(String url) {
        return url.startsWith(PREFIX);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
        return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
        return 1;
    }

    @Override
    public int getMinorVersion() {
        return 0;
    }

    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }
}
