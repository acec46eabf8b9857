using Tandem.Calls.Mailboxes;
using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;
using Tandem.Calls.Voicemail;
using Tandem.Testing;
using Tandem.Testing.Exchange;

namespace Tandem.Server.Hosting;

public sealed class VoicemailRetentionTests
{
    private readonly FakeVoicemail _store = new();
    private readonly List<string> _told = [];

    // Days of voicemail (-1: not set) and of recordings; the messages are of 40 and of 20 days ago, and of now.
    [Theory]
    [InlineData(-1, 0, 3)]
    [InlineData(-1, 30, 2)]
    [InlineData(0, 30, 3)]
    [InlineData(10, 30, 1)]
    [InlineData(30, 0, 2)]
    public async Task Messages_stay_as_long_as_voicemail_says_and_else_as_recordings_do(int voicemail, int recordings, int left)
    {
        foreach (var days in new[] { 40, 20, 0 })
            _store.Messages.Add(new VoiceMessage($"{days}", TenantId.Default, "101", "100", "call", DateTimeOffset.UtcNow.AddDays(-days), TimeSpan.FromSeconds(4)));
        var options = new VoicemailOptions { Retention = voicemail < 0 ? null : TimeSpan.FromDays(voicemail) };
        using var mailboxes = new MailboxKeeper(_store, new MailboxTable());
        var keeper = new VoicemailKeeper(options, _store, mailboxes, _store.DropAsync, new RecordedEvents(), TimeProvider.System) { Blocks = false };
        await using (new VoicemailRetention(keeper, new RecordingSettings { Retention = TimeSpan.FromDays(recordings) }, TimeProvider.System, Tell))
            Assert.True(left == 3 || Wait.Until(() => Told > 0));

        Assert.Equal(left, _store.Messages.Count);
        Assert.Equal(left == 3 ? [] : [$"{3 - left} messages of voicemail were older than the retention and are deleted"], _told);
    }

    private int Told
    {
        get
        {
            lock (_told)
                return _told.Count;
        }
    }

    private void Tell(string text, Exception? e)
    {
        lock (_told)
            _told.Add(e?.Message ?? text);
    }
}
