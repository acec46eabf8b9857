using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Programs;

namespace Tandem.Calls.Voicemail;

/// <summary>A caller leaves a message for an extension: greeting, tone, message; after # he may hear it, or say it anew. Hanging up sends it.</summary>
internal sealed class DepositProgram(string number) : ICallProgram
{
    public async ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        var call = person.Call;
        if (call.Environment.Voicemail is not { } voicemail || call.Environment.Router.Find(person.Tenant, number) is null)
            return CallEnding.For(EndReason.NotFound, CallSide.Exchange, call.IsAnswered, "There is no such voicemail");

        try
        {
            return await TakeAsync(person, voicemail);
        }
        catch (VoicemailAwayException)
        {
            await person.PlayAsync(Prompt.Sounds("system-problem"), keysStop: false);
            return null;
        }
    }

    private async ValueTask<CallEnding?> TakeAsync(ServedCall person, VoicemailKeeper voicemail)
    {
        var (isThere, state) = await person.WhileThereAsync(LookOrWaitAsync(voicemail, person));
        if (!isThere)
            return null;
        if (!state.HasRoom)
        {
            await person.PlayAsync(Prompt.Sounds("vm-full"), keysStop: false);
            return null;
        }

        await person.PlayAsync(state.Box is { Greeting.Length: > 0 } ? new Prompt(new PromptPart.Recording(state.Box.Greeting)) : Prompt.Sounds("vm-greeting"));
        person.DropKeys();
        for (var i = 0; i < voicemail.Options.MessageTries && !person.IsGone; i++)
        {
            var message = await person.RecordAsync(new RecordOrder { MaxLength = voicemail.Options.MaxLength, SilenceEnd = voicemail.Options.SilenceEnd });
            if (message is null)
            {
                await person.PlayAsync(Prompt.Sounds("system-problem"));
                return null;
            }

            if (!message.HasSpeech || message.Length < voicemail.Options.MinLength)
            {
                Drop(voicemail, person, message);
                await person.PlayAsync(Prompt.Sounds("vm-too-short"));
                continue;
            }

            if (message.Key is null || !await WantsAnotherAsync(person, voicemail.Options, message))
            {
                await KeepAsync(voicemail, person, message, state.Box?.OwnedSince);
                return null;
            }

            Drop(voicemail, person, message);
        }

        return null;
    }

    // With the database away nobody knows the greeting of the box: he hears the one of all, and what he says waits.
    private async Task<(VoiceBox? Box, bool HasRoom)> LookOrWaitAsync(VoicemailKeeper voicemail, ServedCall person)
    {
        try
        {
            return await voicemail.Ask(() => LookAsync(voicemail, person));
        }
        catch (VoicemailAwayException) when (voicemail.MayWait(person.Tenant, number))
        {
            return (null, true);
        }
    }

    private async Task<(VoiceBox? Box, bool HasRoom)> LookAsync(VoicemailKeeper voicemail, ServedCall person) =>
        (await voicemail.BoxAsync(person.Tenant, number), await voicemail.HasRoomAsync(person.Tenant, number));

    // 1 sends, 2 plays, 3 begins anew; whoever says nothing, or goes, has sent it.
    private static async ValueTask<bool> WantsAnotherAsync(ServedCall person, VoicemailOptions options, RecordedMessage message)
    {
        for (var i = 0; i < options.MessageTries; i++)
        {
            await person.PlayAsync(Prompt.Sounds("vm-review"));
            switch (await person.KeyAsync(options.ReviewTime))
            {
                case '2':
                    await person.PlayAsync(new Prompt(new PromptPart.Recording(message.Recording)));
                    break;
                case '3':
                    return true;
                case null or '1' or '#':
                    return false;
                default:
                    await person.PlayAsync(Prompt.Sounds("invalid-entry"));
                    break;
            }
        }

        return false;
    }

    private async ValueTask KeepAsync(VoicemailKeeper voicemail, ServedCall person, RecordedMessage message, DateTimeOffset? ownedSince)
    {
        var snapshot = person.Call.Model.Snapshot;
        var kept = voicemail.Keep(new VoiceMessage(
            message.Recording, person.Tenant, number, snapshot.CallerIsPrivate ? "" : snapshot.CallerNumber, snapshot.Id.Value,
            person.Call.Environment.WallClock.ToUtc(person.Call.Now), message.Length)
        { OwnedSince = ownedSince });
        var (isThere, outcome) = await person.WhileThereAsync(kept);
        if (!isThere)
            return;

        var said = outcome switch
        {
            KeepOutcome.Kept or KeepOutcome.Waiting => "thank-you",
            KeepOutcome.Refused => "vm-full",
            KeepOutcome.NoOwner => "cannot-complete",
            _ => "system-problem",
        };
        await person.PlayAsync(Prompt.Sounds(said, "goodbye"), keysStop: false);
    }

    private static void Drop(VoicemailKeeper voicemail, ServedCall person, RecordedMessage message) => voicemail.Drop(person.Tenant, message.Recording);
}
