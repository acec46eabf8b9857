namespace Tandem.Server.Options;

/// <summary>What a line of the log looks like.</summary>
public enum LogFormat
{
    /// <summary>A JSON object.</summary>
    Json,

    /// <summary>Text for people: time, level, component, message, then the ids of the call.</summary>
    Text,
}
