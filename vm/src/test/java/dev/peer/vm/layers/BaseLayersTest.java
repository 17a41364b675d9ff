package dev.peer.vm.layers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.network.Reach;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BaseLayersTest {

  private static final String FILE =
      """
      FROM localhost/ci-base
      ENV LANG=C.UTF-8
      RUN apt-get update \\
          && apt-get install --yes gcc
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          podman build --tag $CONTAINERIMAGE .                       | Containerfile
          podman build -t localhost/x ./                             | Dockerfile
          podman build --tag=localhost/x -q ci                       | ci/Containerfile
          podman build --tag "${CONTAINERIMAGE}" ./ci/image/         | ci/image/Dockerfile
          podman  build --quiet --file ci/File -t x .                | ci/File
          podman build . -f ./ci.d/File-1                            | ci.d/File-1
          podman build --file=Containerfile --tag x:1 src            | Containerfile
          """)
  void findsTheFileThatACommandBuilds(String command, String path) {
    assertThat(of("base-image:V:\n\t" + command + "\n", Map.of(path, FILE)))
        .hasValueSatisfying(found -> assertThat(found.instructions()).isEqualTo(FILE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "podman build --build-arg A=1 --tag x .",
        "podman build --no-cache --tag x .",
        "podman build --tag x . && true",
        "podman build --tag x .; rm file",
        "podman build --tag x",
        "podman build . other",
        "podman build --tag `cat name` .",
        "podman build --file $FILE .",
        "podman build --file ../Containerfile .",
        "podman build --file /etc/Containerfile .",
        "podman build --tag x . <Containerfile",
        "podman build --file - . <Containerfile",
        "podman build --file - .",
        "podman build https://example.org/x.git",
        "podman --root /x build .",
        "sudo podman build .",
        "docker build .",
        "podman buildx .",
        "podman build --tag --file",
        "podman build -f",
      })
  void knowsNoOtherCommand(String command) {
    assertThat(of("base-image:V:\n\t" + command + "\n", Map.of("Containerfile", FILE))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"<<-'END'", "<<'END'", "<<-\"END\"", "<<\\END"})
  void readsInstructionsOfTheMkfileItself(String begin) {
    String mkfile =
        "base-image:V:\n\tpodman build --tag x --file - . "
            + begin
            + "\n"
            + FILE.indent(1).replaceAll("(?m)^ ", "\t")
            + "\tEND\n\techo done\n";
    assertThat(of(mkfile, Map.of()))
        .hasValueSatisfying(found -> assertThat(found.instructions()).isEqualTo(FILE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\tpodman build --tag x --file - . <<END\n\tFROM localhost/ci-base\n\tRUN true\n\tEND\n",
        "\tpodman build --tag x --file - . <<-'END'\n\tFROM localhost/ci-base\n\tRUN true\n",
        "\tpodman build --tag x . <<-'END'\n\tFROM localhost/ci-base\n\tRUN true\n\tEND\n",
        "podman build --tag x --file - . <<-'END'\nFROM localhost/ci-base\nRUN true\nEND\n",
        "",
      })
  void readsNothingThatAShellMightChangeOrThatDoesNotEnd(String mkfile) {
    assertThat(of(mkfile, Map.of("Containerfile", FILE))).isEmpty();
  }

  /** The digest goes by what podman sees: with it the layers are the same or others. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        FILE_AND + "WORKDIR /src\n",
        FILE_AND + "COPY . /src\nRUN make\n",
        FILE_AND + "RUN --mount=type=secret,id=x true\nRUN true\n",
        FILE_AND + "ADD https://example.org/x /x\nRUN true\n",
        FILE_AND + "ARG VERSION\nRUN true\n",
        FILE_AND + "RUN cat <<E >/x\nE\nRUN true\n",
        FILE_AND + "FROM localhost/ci-base\nRUN true\n",
        FILE_AND + "ONBUILD RUN true\nRUN true\n",
        FILE_AND + "HEALTHCHECK CMD true\nRUN true\n",
        "# A comment\n\n" + FILE_AND + "\n# The end\n",
        "FROM localhost/ci-base:latest AS base\n"
            + "ENV LANG=C.UTF-8\n\n# gcc\n  RUN apt-get update \\\n# between\n"
            + "    && apt-get install --yes gcc\n",
      })
  void takesWhatUsesNothingOfTheRepository(String file) {
    assertThat(ofFile(file)).isEqualTo(ofFile(FILE)).isPresent();
  }

  private static final String FILE_AND =
      "FROM localhost/ci-base\nENV LANG=C.UTF-8\nRUN apt-get update \\\n"
          + "    && apt-get install --yes gcc\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        FILE_AND + "RUN true\n",
        "FROM localhost/ci-base\nRUN apt-get update \\\n    && apt-get install --yes gcc\n",
        "FROM localhost/ci-base\nENV LANG=C\nRUN apt-get update \\\n"
            + "    && apt-get install --yes gcc\n",
        "FROM localhost/ci-base\nARG A=1\nENV LANG=C.UTF-8\nRUN apt-get update \\\n"
            + "    && apt-get install --yes gcc\n",
        "FROM localhost/ci-base\nENV LANG=C.UTF-8\nRUN apt-get update \\\n"
            + "   && apt-get install --yes gcc\n",
      })
  void otherInstructionsHaveOtherLayers(String file) {
    assertThat(ofFile(file)).isPresent().isNotEqualTo(ofFile(FILE));
    assertThat(ofFile(file).orElseThrow().digest())
        .isNotEqualTo(ofFile(FILE).orElseThrow().digest());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "FROM localhost/ci-base\n",
        "FROM localhost/ci-base\nENV A=1\nWORKDIR /src\n",
        "FROM localhost/ci-base\nCOPY . .\nRUN make\n",
        "FROM docker.io/library/debian\nRUN true\n",
        "FROM localhost/ci-base-2\nRUN true\n",
        "FROM --platform=linux/arm64 localhost/ci-base\nRUN true\n",
        "ARG BASE=localhost/ci-base\nFROM $BASE\nRUN true\n",
        "# escape=`\nFROM localhost/ci-base\nRUN true\n",
        "#syntax=docker/dockerfile:1\nFROM localhost/ci-base\nRUN true\n",
        "RUN true\nFROM localhost/ci-base\n",
        "FROM localhost/ci-base\nRUN true \\\n",
      })
  void someBeginWithNoCommonLayers(String file) {
    assertThat(ofFile(file)).isEmpty();
  }

  @Test
  void keepsTheBytesOfAnyEncoding() {
    String file = "FROM localhost/ci-base\nRUN echo \u00e9\u4e16\n";

    assertThat(ofFile(file).orElseThrow().containerfile()).isEqualTo(bytes(file));
  }

  @Test
  void takesTheFirstImageThatBeginsWithSuch() {
    String mkfile =
        "release:V:\n\tpodman build --tag release product\n"
            + "base-image:V:\n\tpodman build --tag x ci\n";

    assertThat(
            of(mkfile, Map.of("product/Containerfile", "FROM scratch\n", "ci/Containerfile", FILE)))
        .isEqualTo(ofFile(FILE));
  }

  @Test
  void looksAtFewImages() {
    String other = "\tpodman build --tag x other\n";
    String last = "\tpodman build --tag x .\n";
    Map<String, String> files =
        Map.of("other/Containerfile", "FROM scratch\n", "Containerfile", FILE);

    assertThat(of("base-image:V:\n" + other.repeat(7) + last, files)).isPresent();
    assertThat(of("base-image:V:\n" + other.repeat(8) + last, files)).isEmpty();
  }

  @Test
  void readsAPathOfAnyLength() {
    String path = "a/".repeat(200_000);

    assertThat(
            of("base-image:V:\n\tpodman build " + path + "\n", Map.of(path + "Dockerfile", FILE)))
        .isPresent();
  }

  @Test
  void whatTheMachineMayReachIsInTheDigest() {
    assertThat(new BaseLayers(FILE, new Reach.None()).digest())
        .isNotEqualTo(new BaseLayers(FILE, new Reach.Open()).digest());
  }

  private static Optional<BaseLayers> ofFile(String file) {
    return of("base-image:V:\n\tpodman build --tag x .\n", Map.of("Containerfile", file));
  }

  private static Optional<BaseLayers> of(String mkfile, Map<String, String> files) {
    return BaseLayers.of(
        bytes(mkfile),
        path -> Optional.ofNullable(files.get(path)).map(BaseLayersTest::bytes),
        new Reach.Open());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
