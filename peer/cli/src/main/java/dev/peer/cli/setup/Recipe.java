package dev.peer.cli.setup;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the mkfiles of two kinds of projects differ in.
 *
 * @param about comment lines about the container image
 * @param image lines of a Containerfile, after {@code FROM}; the repository is where the image's
 *     working directory is, so they leave it alone
 * @param test the lines of the test's recipe, without a network
 * @param remark what the user has to know of it now; empty if it runs as it is
 */
public record Recipe(List<String> about, List<String> image, List<String> test, String remark) {

  /** Where the container image keeps what it fetched. */
  static final String DEPENDENCIES = "/opt/dependencies";

  private static final String REMOVE_LISTS = "    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*";

  /** Copies the lists. */
  public Recipe {
    about = List.copyOf(about);
    image = List.copyOf(image);
    test = List.copyOf(test);
  }

  /** Installs packages of Debian. */
  static List<String> debian(String... packages) {
    return List.of(
        "RUN apt-get update -qq \\",
        "    && apt-get install -qq --no-install-recommends " + String.join(" ", packages) + " \\",
        REMOVE_LISTS);
  }

  /** Installs packages of Debian, in the newer versions that its backports have. */
  static List<String> backports(String... packages) {
    return List.of(
        "RUN sed -n 's/ bookworm / bookworm-backports /p' /etc/apt/sources.list"
            + " >/etc/apt/sources.list.d/backports.list \\",
        "    && apt-get update -qq \\",
        "    && apt-get install -qq --no-install-recommends --target-release bookworm-backports "
            + String.join(" ", packages)
            + " \\",
        REMOVE_LISTS);
  }

  /**
   * Copies files of the repository's root to where the container image keeps what it fetched.
   *
   * @param needed by the image's recipe
   * @param others copied if they are there
   */
  static String copy(ProjectFiles seen, String needed, String... others) {
    List<String> words = new ArrayList<>(List.of("COPY", needed));
    words.addAll(seen.these(others));
    words.add(DEPENDENCIES + "/");
    return String.join(" ", words);
  }

  /** The whole mkfile. */
  public String mkfile() {
    return """
    # What peer runs of this repository; for Plan 9's mk, which runs each recipe as one script of the shell.

    CONTAINERIMAGE=localhost/project

    # In the guest, with the network up, before the tests: the container that they run in. podman keeps the layers, so this
    # costs time when a line of it or a copied file has changed.
    """
        + lines("# ", about)
        + """
        base-image:V:
        \tpodman build --tag $CONTAINERIMAGE --file - . <<-'END'
        \tFROM localhost/ci-base
        \tARG DEBIAN_FRONTEND=noninteractive
        """
        + lines("\t", image)
        + """
        \tEND

        # In the container, without a network. `peer run lint` would run a target `lint:VQ:` of the same form.
        test:VQ:
        """
        + lines("\t", test)
        + """

        # In the guest, after the tests have passed: what is kept with the result. `peer run --artifacts DIR` copies it.
        #/var/run/ci/artifacts/report.txt:
        #\tcp build/report.txt $target
        """;
  }

  private static String lines(String before, List<String> lines) {
    return lines.stream().map(line -> before + line + "\n").collect(Collectors.joining());
  }
}
