using Tandem.Sip.Dialogs;
using Tandem.Sip.Transactions;

namespace Tandem.Testing.Phones;

/// <summary>One call as a <see cref="DeskPhone"/> has it.</summary>
public sealed class PhoneLine(int localPort)
{
    /// <summary>The media port that the phone gives; no other line has it.</summary>
    public int LocalPort { get; } = localPort;

    /// <summary>The media port that the phone sends to.</summary>
    public int RemotePort { get; internal set; }

    public Dialog? Dialog { get; internal set; }

    /// <summary>BYE was sent or came.</summary>
    public bool IsEnding { get; internal set; }

    /// <summary>The status in the last NOTIFY; empty when there was none.</summary>
    public string Heard { get; internal set; } = "";

    internal int Version { get; set; }

    internal ClientTransaction? Invite { get; set; }

    internal ClientTransaction? Change { get; set; }

    internal bool WaitsForAck { get; set; }

    internal bool HangsUpAfterAck { get; set; }
}
