namespace Tandem.Sip.Overload;

/// <summary>What an overloaded shard refuses; each level also what is below it.</summary>
public enum OverloadLevel : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>New work: INVITE and REGISTER outside a dialog. An INVITE with Replaces or Join is part of a call that exists, and one that calls for help goes on.</summary>
    NewWork,

    /// <summary>Every request outside a dialog but calls for help.</summary>
    OutsideDialogs,

    /// <summary>Requests inside dialogs and calls for help too, but never ACK, CANCEL, BYE and PRACK: they end work or let it end.</summary>
    InsideDialogs,
}
