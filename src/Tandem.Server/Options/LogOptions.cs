using Serilog.Events;

namespace Tandem.Server.Options;

/// <summary>The log files.</summary>
public sealed record LogOptions
{
    /// <summary>The least level that is written. Default info.</summary>
    public LogEventLevel Level { get; init; } = LogEventLevel.Information;

    /// <summary>The file; errors go to <c>error.log</c> beside it as well; <c>-</c> writes the lines to standard output instead.</summary>
    public string File { get; init; } = "./logs/sip-server.log";

    /// <summary>What a line looks like. Default JSON: collectors read it.</summary>
    public LogFormat Format { get; init; }

    /// <summary>Bytes after which the next file begins. Default 10 MiB.</summary>
    public long MaxSize { get; init; } = 10 << 20;

    /// <summary>Files that are kept, the present one included. Default 5.</summary>
    public int MaxFiles { get; init; } = 5;

    /// <summary>The value of <c>service</c> on each line. Default <c>sip-server</c>.</summary>
    public string Service { get; init; } = "sip-server";

    /// <summary>True hides numbers, addresses and names of people in the log. Default false.</summary>
    public bool Redact { get; init; }

    /// <summary>The least level that is also shown on standard error. Default warn.</summary>
    public LogEventLevel ConsoleLevel { get; init; } = LogEventLevel.Warning;

    /// <summary>Events of the exchange that may wait for the writer; more are dropped and counted. Default 16,384: a second of a busy exchange.</summary>
    public int QueueCapacity { get; init; } = 16_384;
}
