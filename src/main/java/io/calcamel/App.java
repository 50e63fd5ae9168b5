package io.calcamel;

import io.calcamel.cli.Cli;
import io.calcamel.sandbox.SandboxCommand;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** The entry point: runs the hub, the sandbox, or a command that talks to a running hub. */
public final class App {

    private App() {
    }

    /** @param args a command and its options; none to run the hub */
    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals("sandbox")) {
            System.exit(SandboxCommand.run(Arrays.copyOfRange(args, 1, args.length)));
        }
        if (args.length > 0 && !args[0].equals("run")) {
            System.exit(Cli.execute(args));
        }
        int exitCode = run();
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }

    private static int run() {
        try {
            Hub hub = new Hub(Profile.of(System.getenv("CALCAMEL_PROFILE")), Map.of());
            Runtime.getRuntime().addShutdownHook(new Thread(hub::stop, "hub-stop"));
            hub.start();
            System.out.println(Banner.of(hub));
            new CountDownLatch(1).await();
            return 0;
        } catch (StartRefused e) {
            System.err.println("CalCamel can't start: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            System.err.println("CalCamel can't start:");
            e.printStackTrace();
        }
        return 1;
    }
}
