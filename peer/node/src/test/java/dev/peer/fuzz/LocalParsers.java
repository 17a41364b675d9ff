package dev.peer.fuzz;

import static dev.peer.fuzz.Parser.bytes;
import static dev.peer.fuzz.Parser.require;

import dev.peer.config.ConfigException;
import dev.peer.config.EnvFile;
import dev.peer.config.PeerSettings;
import dev.peer.config.RunSettings;
import dev.peer.config.Settings;
import dev.peer.core.json.JsonTree;
import dev.peer.core.progress.EscapeFilter;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import dev.peer.daemon.RunRequest;
import dev.peer.schedule.ParsedCrontab;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What a revision brings to this machine before it runs, and what a run shows on its terminal. */
final class LocalParsers {

  private LocalParsers() {}

  static List<Parser> all() {
    return List.of(
        Parser.of(
            ".env",
            ConfigException.class,
            LocalParsers::settings,
            List.of(
                bytes("# comment\nPEER_ENV=LANG\nexport LANG='C.UTF-8'\nA=\"b\\\"c\\n\"\n"),
                bytes("PEER_TIMEOUT=1h,prepare=20m,test=10m\nPEER_MEMORY=2G\nPEER_CPUS=1\n"),
                bytes(
                    "PEER_RENDEZVOUS=https://a:1, https://b\nPEER_REPO=x/y\nPEER_IMAGE=sha256:"
                        + "0".repeat(64)
                        + "\nPEER_NETWORK=open\nPEER_CHECKOUT=commit\nPEER_KEEP=3\n"),
                bytes("PEER_SECRETS=TOKEN\nPEER_DISK=20GiB\nPEER_MAX_OUTPUT=1M\nPEER_TYPO=1\n"))),
        Parser.of(
            "crontab",
            MalformedException.class,
            ParsedCrontab::read,
            List.of(
                bytes("# nightly\nCRON_TZ=Europe/Berlin\n0 3 * * MON-FRI test lint X=1\n"),
                bytes("@hourly smoke\r\n*/15 1-5,9 1,31 * 7 a\n\t@yearly b\n"))),
        Parser.of(
            "output for a terminal",
            CharacterCodingException.class,
            LocalParsers::show,
            List.of(
                bytes("\u001b[1;31mred\u001b[m \u001b]0;title\u0007 \u009b2J Gr\u00fc\u00dfe"))),
        Parser.of(
            "a run for a daemon",
            MalformedException.class,
            LocalParsers::request,
            List.of(
                bytes(
                    "{\"directory\":\"/a b\",\"revision\":\"HEAD\",\"target\":\"test\","
                        + "\"arguments\":[\"-x\"],\"reason\":\"crontab\",\"detail\":\"line 1\","
                        + "\"options\":{\"force\":true,\"fresh\":false,\"audit\":false,"
                        + "\"artifacts\":\"out\",\"copies\":1,\"copiesWait\":\"PT1M\","
                        + "\"follow\":\"PT0S\"},\"environment\":{\"LANG\":\"C\"}}"))));
  }

  private static void request(byte[] bytes) throws MalformedException {
    RunRequest request = RunRequest.read(StrictJson.parse("it", bytes));
    byte[] again = JsonTree.bytes(request.json());
    require(RunRequest.read(StrictJson.parse("it", again)).equals(request), "the same once more");
  }

  private static void settings(byte[] bytes) throws ConfigException {
    EnvFile file = EnvFile.parse(bytes);
    Settings settings = Settings.of(Map.of("HOME", "/home/somebody"), file);
    for (String warning : settings.warnings()) {
      require(warning.chars().noneMatch(Character::isISOControl), "a warning of one line");
    }
    PeerSettings.of(settings);
    RunSettings.of(settings, 2);
  }

  private static void show(byte[] bytes) throws CharacterCodingException {
    byte[] shown = shown(bytes, bytes.length);
    require(Arrays.equals(shown, shown(bytes, 1)), "the same, however it is cut");
    require(Arrays.equals(shown, shown(shown, 7)), "what is harmless stays as it is");
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(shown)).toString();
    String plain = text.replaceAll("\u001b\\[(?:[0-9;:]*m|0?K)|[\t\r\n]", "");
    require(plain.chars().noneMatch(Character::isISOControl), "no control but colours");
  }

  private static byte[] shown(byte[] bytes, int piece) {
    EscapeFilter filter = new EscapeFilter();
    ByteBuffer shown = ByteBuffer.allocate(4 * bytes.length + 16);
    for (int at = 0; at < bytes.length; at += piece) {
      shown.put(filter.filter(bytes, at, Math.min(piece, bytes.length - at)));
    }
    shown.put(filter.end());
    return Arrays.copyOf(shown.array(), shown.position());
  }
}
