namespace Tandem.Load.Tables;

/// <summary>How the table is made.</summary>
internal sealed record TableOptions
{
    /// <summary>First of the ports that are used, four in all.</summary>
    public int FirstPort { get; init; } = 26_060;

    public int SipPort => FirstPort;

    public int SipsPort => FirstPort + 1;

    public int HttpPort => FirstPort + 2;

    /// <summary>Cores of the server, as taskset names them.</summary>
    public string ServerCore { get; init; } = "0";

    /// <summary>Cores of the generators.</summary>
    public string GeneratorCore { get; init; } = "1";

    /// <summary>Generator processes of each run.</summary>
    public int Generators { get; init; } = 2;

    /// <summary>Runs of each row and server, in turn.</summary>
    public int Repeat { get; init; } = 3;

    /// <summary>Seconds of a run.</summary>
    public double Seconds { get; init; } = 9;

    /// <summary>Seconds of the run in which the pauses of the garbage collector are counted.</summary>
    public double LongSeconds { get; init; } = 60;

    /// <summary>Rows to make, by the start of their name; empty for all.</summary>
    public string Only { get; init; } = "";

    /// <summary>Where the table is written between the markers; null to print only.</summary>
    public string? Page { get; init; }

    /// <summary>tandem.dll</summary>
    public required string Assembly { get; init; }

    /// <summary>tandem.dll of another build, which takes the place of Kamailio; null for Kamailio.</summary>
    public string? Beside { get; init; }

    /// <summary>bench/load</summary>
    public required string BenchDirectory { get; init; }
}
