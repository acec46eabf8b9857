using Tandem.Calls.Recording;
using Tandem.Calls.Voicemail;

namespace Tandem.Server.Hosting;

/// <summary>Deletes messages that are older than VOICEMAIL_RETENTION. Their sound goes when old recordings are looked for the next time.</summary>
public sealed class VoicemailRetention : PeriodicWork
{
    private readonly VoicemailKeeper _voicemail;
    private readonly TimeSpan _retention;
    private readonly TimeProvider _time;

    /// <param name="recordings">How often it is looked, and how long messages stay where voicemail has no time of its own.</param>
    /// <param name="told">Hears what was deleted, and why it could not be; it must not throw.</param>
    public VoicemailRetention(VoicemailKeeper voicemail, RecordingSettings recordings, TimeProvider time, Action<string, Exception?> told)
        : base(recordings.RetentionCheck, time, "old messages of voicemail could not be deleted", told)
    {
        (_voicemail, _retention, _time) = (voicemail, voicemail.Options.Retention ?? recordings.Retention, time);
        if (_retention > TimeSpan.Zero)
            Begin();
    }

    protected override async Task<string> DoAsync(CancellationToken stop) =>
        await _voicemail.DeleteOldAsync(_time.GetUtcNow() - _retention, stop) is > 0 and var count ? $"{count} messages of voicemail were older than the retention and are deleted" : "";
}
