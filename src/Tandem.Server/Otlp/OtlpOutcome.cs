namespace Tandem.Server.Otlp;

/// <summary>What became of a request to a collector, and so what is to be done with what it carried.</summary>
public enum OtlpOutcome
{
    /// <summary>The collector has it.</summary>
    Taken,

    /// <summary>The collector is away, or busy: the same may be sent again later.</summary>
    Later,

    /// <summary>Too much for one request: parts of it may be taken.</summary>
    TooBig,

    /// <summary>The same would be refused again.</summary>
    Refused,
}
