using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Routing;

namespace Tandem.Calls.Voicemail;

/// <summary>
/// The messages of a box, one after the other: 1 again, 2 or # saved and the next one, 3 deleted, 4 called back, 7 the one before, * back to the menu. A message is heard once its sound
/// has been played, or a key ended it.
/// </summary>
internal sealed class MailboxListening(ServedCall person, VoicemailKeeper voicemail, string number)
{
    /// <summary>"You have. Two. new. messages."</summary>
    public async ValueTask TellCountsAsync()
    {
        var (_, messages) = await person.WhileThereAsync(voicemail.Ask(() => voicemail.MessagesAsync(person.Tenant, number)));
        var fresh = messages?.Count(message => !message.IsHeard) ?? 0;
        List<PromptPart> parts = [new PromptPart.Sound("vm-you-have"), fresh > 0 ? new PromptPart.Number(fresh) : new PromptPart.Sound("vm-no"), new PromptPart.Sound("vm-new")];
        parts.Add(new PromptPart.Sound(fresh == 1 ? "vm-message" : "vm-messages"));
        await person.PlayAsync(new Prompt(parts));
    }

    /// <summary>Completes when he goes back to the menu, or the call is to end because he called back.</summary>
    public async ValueTask<(bool IsOver, CallEnding? Ending)> RunAsync()
    {
        var (isThere, all) = await person.WhileThereAsync(voicemail.Ask(() => voicemail.MessagesAsync(person.Tenant, number)));
        if (!isThere)
            return (false, null);

        var messages = all!.ToList();
        var at = 0;
        var silent = 0;
        while (at < messages.Count && !person.IsGone)
        {
            var message = messages[at];
            await PlayAsync(message, at == 0 ? "vm-first" : at == messages.Count - 1 ? "vm-last" : "vm-next");
            var key = await person.KeyAsync(voicemail.Options.KeyTime);
            silent = key is null ? silent + 1 : 0;
            switch (key)
            {
                case '1':
                    break;
                case '2':
                    await person.PlayAsync(Prompt.Sounds("saved"));
                    at++;
                    break;
                case '3':
                    if (await DoAsync(() => voicemail.DeleteAsync(person.Tenant, number, message.Id)))
                        await person.PlayAsync(Prompt.Sounds("deleted"));
                    messages.RemoveAt(at);
                    break;
                case '4':
                    if (await CallBackAsync(message) is var (isOver, ending) && isOver)
                        return (true, ending);
                    break;
                case '7':
                    at = Math.Max(0, at - 1);
                    break;
                case '#':
                    at++;
                    break;
                case '*':
                    return (false, null);
                case null when silent < voicemail.Options.MaxSilences:
                    break;
                case null:
                    return (false, null);
                default:
                    await person.PlayAsync(Prompt.Sounds("invalid-entry"));
                    break;
            }
        }

        await person.PlayAsync(Prompt.Sounds("vm-no-more"));
        return (false, null);
    }

    private async ValueTask PlayAsync(VoiceMessage message, string which)
    {
        List<PromptPart> head = [new PromptPart.Sound(which), new PromptPart.Sound("vm-from")];
        head.Add(message.Caller.Length is > 0 and <= 32 ? new PromptPart.Spelled(message.Caller) : new PromptPart.Sound("vm-unknown-caller"));
        if (await person.PlayAsync(new Prompt(head)) != PlayEnd.Finished)
            return;

        var played = await person.PlayAsync(new Prompt(new PromptPart.Recording(message.Id)));
        if (played is PlayEnd.Finished or PlayEnd.Key)
            await DoAsync(() => voicemail.MarkAsync(person.Tenant, number, message.Id, isHeard: true));
        if (played == PlayEnd.Finished)
            await person.PlayAsync(Prompt.Sounds("vm-menu"));
    }

    // By what a phone of the tenant would reach with the number, through the toll guard.
    private async ValueTask<(bool IsOver, CallEnding? Ending)> CallBackAsync(VoiceMessage message)
    {
        // Anybody can show the number of help: who calls back does not call for it.
        var request = new RouteRequest(person.Tenant, person.Call.Model.Snapshot.CallerNumber, message.Caller);
        if (message.Caller.Length > 0 && !person.Call.Environment.Router.LeadsToHelp(request))
        {
            var plan = person.Call.Environment.Router.Plan(request);
            var outcome = await person.ConnectAsync(plan, new ConnectOrder { Number = message.Caller });
            if (outcome.IsConnected)
                return (true, await person.TalkAsync());
        }

        await person.PlayAsync(Prompt.Sounds("cannot-complete"));
        return (false, null);
    }

    private async ValueTask<bool> DoAsync(Func<Task<bool>> work) => (await person.WhileThereAsync(voicemail.Ask(work))).Result;
}
