namespace Tandem.Calls.Voicemail;

/// <summary>What happened to a message.</summary>
public enum VoicemailChange
{
    /// <summary>It was left.</summary>
    New,

    /// <summary>It was listened to, or marked so.</summary>
    Heard,

    /// <summary>It was marked as not listened to.</summary>
    Unheard,

    Deleted,
}
