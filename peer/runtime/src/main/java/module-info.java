/**
 * What the dist's Java runtime has besides Java's own modules. Java asks the modules first for what
 * it lets others provide, and then every file of the class path: these are the questions that a
 * command comes to, and opening those files would be a tenth of its time.
 */
module dev.peer.runtime {
  provides java.lang.System.LoggerFinder with
      dev.peer.runtime.PlainLoggers;
  provides java.net.spi.URLStreamHandlerProvider with
      dev.peer.runtime.NoWebConnections;
}
