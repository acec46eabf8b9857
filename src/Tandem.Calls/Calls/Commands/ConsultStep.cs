namespace Tandem.Calls.Calls.Commands;

/// <summary>What can be decided in an attended transfer.</summary>
public enum ConsultStep : byte
{
    /// <summary>The partner goes to the third party, and who consulted gets BYE.</summary>
    Complete,

    /// <summary>The third party is let go; the other two talk again.</summary>
    Cancel,

    /// <summary>Who consults talks to the other one of the two.</summary>
    Swap,
}
