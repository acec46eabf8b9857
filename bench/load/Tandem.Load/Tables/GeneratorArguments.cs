using System.Globalization;

namespace Tandem.Load.Tables;

/// <summary>What all generators of a run do together.</summary>
internal sealed record GeneratorArguments(string Mode)
{
    private const int Numbers = 10_000;

    public string Transport { get; init; } = "udp";

    public int Window { get; init; }

    public double Rate { get; init; }

    public double Warm { get; init; }

    public double? Seconds { get; init; }

    public long Total { get; init; }

    public double Hold { get; init; }

    public int Contacts { get; init; } = 1;

    public int Connections { get; init; } = 64;

    /// <summary>The command line of one of <paramref name="count"/> generators.</summary>
    public IEnumerable<string> Of(int index, int count, TableOptions options)
    {
        var share = Numbers / count;
        var callees = Mode == "calls" ? 4 : 0;
        yield return "--mode";
        yield return Mode;
        foreach (var (name, value) in new (string, double)[]
        {
            ("--port", Transport == "tls" ? options.SipsPort : options.SipPort),
            ("--first-user", 10_000 + (index * share)),
            ("--users", share - callees),
            ("--callees", callees),
            ("--contacts", Contacts),
            ("--window", Window == 0 ? 0 : Math.Max(1, Window / count)),
            ("--rate", Rate / count),
            ("--warm", Warm),
            ("--total", Total / count),
            ("--hold", Hold),
            ("--connections", Math.Max(1, Connections / count)),
            ("--seconds", Seconds ?? options.Seconds),
        })
        {
            yield return name;
            yield return value.ToString(CultureInfo.InvariantCulture);
        }

        yield return "--transport";
        yield return Transport;
    }
}
