using Tandem.Calls.Voicemail;

namespace Tandem.Server.Hosting;

/// <summary>Puts messages that were left while the database was away into their boxes when it is back; the first time at the start.</summary>
public sealed class VoicemailCatchUp : PeriodicWork
{
    private readonly VoicemailKeeper _voicemail;
    private bool _isAway;

    /// <param name="told">Hears what was done, and once why it could not be; it must not throw.</param>
    public VoicemailCatchUp(VoicemailKeeper voicemail, TimeProvider time, Action<string, Exception?> told)
        : base(voicemail.Options.WaitingRetry, time, "messages of voicemail that wait cannot be put into their boxes yet", told)
    {
        _voicemail = voicemail;
        Begin();
    }

    protected override async Task<string> DoAsync(CancellationToken stop)
    {
        if (_voicemail.Waiting is not { Count: > 0 })
            return "";

        try
        {
            var registered = await _voicemail.RegisterWaitingAsync(stop);
            _isAway = false;
            return registered > 0 ? $"{registered} messages of voicemail that were left while the database was away are in their boxes" : "";
        }
        catch (VoicemailAwayException) when (_isAway)
        {
            return ""; // told before
        }
        catch (VoicemailAwayException)
        {
            _isAway = true;
            throw;
        }
    }
}
