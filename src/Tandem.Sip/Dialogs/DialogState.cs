namespace Tandem.Sip.Dialogs;

/// <summary>The states of a dialog (RFC 3261 §12).</summary>
public enum DialogState : byte
{
    /// <summary>Opened by a provisional response.</summary>
    Early,

    /// <summary>A 2xx was sent or received.</summary>
    Confirmed,

    /// <summary>Over, and in no table any more.</summary>
    Terminated,
}
