namespace Tandem.Cluster.Limits;

/// <summary>Whose PINs are counted.</summary>
public enum PinKind
{
    /// <summary>Those of mailboxes.</summary>
    Mailbox,

    /// <summary>Those of conference rooms.</summary>
    Room,

    /// <summary>Those of supervisors.</summary>
    Supervisor,
}
