import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A step of the build: compiles the library of {@code openssl.c} with the system's C compiler and
 * the headers of the JDK that runs this.
 *
 * <p>{@code java Compile.java SOURCE LIBRARY}
 */
class Compile {

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path library = Path.of(arguments[1]);
    Path headers = Path.of(System.getProperty("java.home"), "include");
    Files.createDirectories(library.getParent());
    List<String> command = new ArrayList<>();
    Collections.addAll(
        command, "cc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-s");
    Collections.addAll(command, "-I" + headers, "-I" + headers.resolve("linux"));
    Collections.addAll(command, "-o", library.toString(), arguments[0]);
    System.exit(new ProcessBuilder(command).inheritIO().start().waitFor());
  }
}
