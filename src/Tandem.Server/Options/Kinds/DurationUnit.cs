namespace Tandem.Server.Options.Kinds;

/// <summary>The unit that a bare number of a duration is in.</summary>
public enum DurationUnit
{
    Milliseconds,
    Seconds,
}
