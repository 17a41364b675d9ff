package dev.peer.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Results of one repository that are mostly the same, from one peer to another. No machine. */
@Timeout(900)
class SharedChunksIT {

  private static final int FILES = 200;
  private static final int FILE = 1 << 20;
  private static final Pattern SENT =
      Pattern.compile("(?m)^peer_http_answer_bytes_total\\{path=\"(/v1/[^\"]*)\"} (\\d+)$");

  private Team team;
  private JsonNode said;

  @BeforeEach
  void createTeam() throws Exception {
    team = Team.create();
    team.startRendezvous();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    assertThat(team.scratch()).isEmpty();
    team.close();
  }

  @Test
  void oneChangedFileOf200MebibytesMovesAFiftiethOfThem() throws Exception {
    Peer holder = team.peer("holder").withoutQemu();
    Peer reader = team.peer("reader").withoutQemu();
    Repository repository = SignedResult.repository(team, "replayed").commit();
    Map<String, String> artifacts = new TreeMap<>();
    for (int i = 0; i < FILES; i++) {
      artifacts.put("file-" + i, text(i));
    }
    long whole = moved(holder, reader, repository, artifacts);
    repository.write("change", "").commit();
    artifacts.put("file-77", text(FILES));

    long part = moved(holder, reader, repository, artifacts);

    assertThat(said.path("moved").longValue()).isPositive().isLessThan(part);
    assertThat(said.path("here").longValue()).isGreaterThan((long) FILES * FILE * 3 / 4);
    assertThat(whole).isGreaterThan((long) FILES * FILE * 3 / 4);
    assertThat(part).isLessThan((long) FILES * FILE / 50);
  }

  /** Has the holder run and the reader replay; returns the bytes that the holder sent. */
  private long moved(Peer holder, Peer reader, Repository repository, Map<String, String> artifacts)
      throws Exception {
    SignedResult.sign(team, holder, repository, SignedResult.output("done\n", ""), artifacts);
    String address = free();
    Run serving = holder.with("PEER_LISTEN", address).start(repository, "run");
    serving.awaitLine("^peer: serving the result");
    String explained = reader.here().run(repository, "explain").hasExitCode(0).stdout();
    said = bytes(reader.here().run(repository, "explain", "--json"));
    assertThat(explained).contains("\nmoves        " + mebibytes(said.path("moved")));
    Run replay = reader.run(repository, "replay", "--json");
    assertThat(replay.stderr()).contains("done\n");
    assertThat(bytes(replay)).isEqualTo(said);
    long sent =
        SENT.matcher(metrics(address))
            .results()
            .map(MatchResult::group)
            .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
            .sum();
    serving.signal("TERM").await();
    return sent;
  }

  private static JsonNode bytes(Run run) throws Exception {
    return new ObjectMapper().readTree(run.hasExitCode(0).stdout()).path("bytes");
  }

  private static String mebibytes(JsonNode bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes.longValue() / 1048576.0);
  }

  private static String free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + socket.getLocalPort();
    }
  }

  private String metrics(String address) throws Exception {
    Authority.Identity client = team.authority().issue("watch", Authority.Key.EC_P256);
    return team.tool(
            "curl",
            "-sS",
            "-k",
            "--cert",
            client.certificate().toString(),
            "--key",
            client.key().toString(),
            "https://" + address + "/metrics")
        .hasExitCode(0)
        .stdout();
  }

  /** A mebibyte that can be compressed a little. */
  private static String text(int seed) {
    byte[] bytes = new byte[FILE];
    new Random(seed).nextBytes(bytes);
    for (int i = 0; i < FILE; i++) {
      bytes[i] &= 0x7f;
    }
    return new String(bytes, US_ASCII);
  }
}
