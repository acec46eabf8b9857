namespace Tandem.Calls.Voicemail;

/// <summary>What a store did with a message.</summary>
public enum PutOutcome : byte
{
    /// <summary>It is in the box.</summary>
    Put,

    /// <summary>The box holds as many as it may.</summary>
    Full,

    /// <summary>Whose box it was has it no more: the extension or its tenant was removed, or the number was given to somebody else.</summary>
    NoOwner,
}
