namespace Tandem.Sip.Overload;

/// <summary>What an overloaded shard refuses; each level also what is below it.</summary>
public enum OverloadLevel : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>New work: INVITE and REGISTER outside a dialog. An INVITE with Replaces or Join is part of a call that exists.</summary>
    NewWork,

    /// <summary>Every request outside a dialog.</summary>
    OutsideDialogs,

    /// <summary>Requests inside dialogs too, but never ACK, CANCEL, BYE and PRACK: they end work or let it end.</summary>
    InsideDialogs,
}
