import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A step of the build: compiles each source to a library, with the system's C compiler and the
 * headers of the JDK that runs this.
 *
 * <p>{@code java Compile.java SOURCE LIBRARY...}
 */
class Compile {

  public static void main(String[] arguments) throws IOException, InterruptedException {
    for (int i = 0; i < arguments.length; i += 2) {
      int failure = compile(arguments[i], Path.of(arguments[i + 1]));
      if (failure != 0) {
        System.exit(failure);
      }
    }
  }

  private static int compile(String source, Path library) throws IOException, InterruptedException {
    Path headers = Path.of(System.getProperty("java.home"), "include");
    Files.createDirectories(library.getParent());
    List<String> command = new ArrayList<>();
    Collections.addAll(
        command, "cc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-s");
    Collections.addAll(command, "-I" + headers, "-I" + headers.resolve("linux"));
    Collections.addAll(command, "-o", library.toString(), source);
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
