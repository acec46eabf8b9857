namespace Tandem.Calls.Ivr;

/// <summary>How a step ended.</summary>
public enum IvrStepResult
{
    /// <summary>As it should.</summary>
    Done,

    /// <summary>The caller pressed nothing, as often as they were asked.</summary>
    Silent,

    /// <summary>The caller pressed nothing that is expected, as often as they were asked.</summary>
    Invalid,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>The caller hung up in it.</summary>
    Gone,
}
