using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Programs;
using Tandem.Core.Time;

namespace Tandem.Calls.Voicemail;

/// <summary>
/// Somebody listens to the messages of an extension, sets its greeting and its PIN. His own phone proves who he is by its credentials, and needs a PIN only where one is set;
/// any other phone needs one always.
/// </summary>
/// <param name="asked">The extension; empty: he is asked for it; null: that of his phone.</param>
internal sealed class MailboxProgram(string? asked) : ICallProgram
{
    public async ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        var call = person.Call;
        if (call.Environment.Voicemail is not { } voicemail)
            return CallEnding.For(EndReason.NotFound, CallSide.Exchange, call.IsAnswered, "There is no voicemail");

        var own = OwnPhone.NumberOf(person);
        var number = asked ?? own;
        if (number is null)
            return await GoodbyeAsync(person, "no-permission");
        if (number.Length == 0)
            number = await person.ReadAsync(new ReadOrder { Prompt = Prompt.Sounds("enter-extension"), Max = 15 });
        try
        {
            return await MayEnterAsync(person, voicemail, number, own == number) ? await MenuAsync(person, voicemail, number) : null;
        }
        catch (VoicemailAwayException)
        {
            return await GoodbyeAsync(person, "system-problem");
        }
    }

    private static async ValueTask<bool> MayEnterAsync(ServedCall person, VoicemailKeeper voicemail, string number, bool isOwn)
    {
        // An extension that is not there, and a box without a PIN, are asked for one like any other, which is then wrong.
        var exists = person.Call.Environment.Router.Find(person.Tenant, number) is not null;
        var (isThere, box) = await person.WhileThereAsync(voicemail.Ask(() => voicemail.BoxAsync(person.Tenant, number)));
        if (!isThere)
            return false;
        if (isOwn && !box!.HasPin && voicemail.Options.OwnPhoneNeedsNoPin)
            return true;

        for (var i = 0; i < voicemail.Options.PinTries && !person.IsGone; i++)
        {
            if (exists && voicemail.Guard.IsLocked(person.Tenant, number, person.Call.Now))
                break;

            var pin = await person.ReadAsync(new ReadOrder { Prompt = Prompt.Sounds("enter-pin"), Max = Pin.MostDigits });
            if (person.IsGone)
                return false;

            // A number that nobody has is no entry in the table: whoever dials all there are must not fill it.
            if (pin.Length > 0 && exists && !voicemail.Guard.TryGuess(person.Tenant, number, person.Call.Now))
                break;

            var (stays, isRight) = await person.WhileThereAsync(voicemail.Ask(() => Task.FromResult(pin.Length > 0 && exists && Pin.Verify(box!.PinHash, pin))));
            if (isRight)
                voicemail.Guard.Right(person.Tenant, number);
            if (!stays || isRight)
                return stays;

            await person.PlayAsync(Prompt.Sounds("wrong-pin"));
        }

        await GoodbyeAsync(person, "too-many-attempts");
        return false;
    }

    private static async ValueTask<CallEnding?> MenuAsync(ServedCall person, VoicemailKeeper voicemail, string number)
    {
        var listening = new MailboxListening(person, voicemail, number);
        await person.PlayAsync(Prompt.Sounds("vm-welcome"));
        var silent = 0;
        for (var i = 0; i < voicemail.Options.MaxMenus && silent < voicemail.Options.MaxSilences && !person.IsGone; i++)
        {
            await listening.TellCountsAsync();
            await person.PlayAsync(Prompt.Sounds("vm-main-menu"));
            var key = await person.KeyAsync(voicemail.Options.KeyTime);
            silent = key is null ? silent + 1 : 0;
            switch (key)
            {
                case '1' when await listening.RunAsync() is var (isOver, ending) && isOver:
                    return ending;
                case '1':
                    break;
                case '2':
                    await SetGreetingAsync(person, voicemail, number);
                    break;
                case '3':
                    await SetPinAsync(person, voicemail, number);
                    break;
                case '*':
                    return await GoodbyeAsync(person, "goodbye");
                case null:
                    break;
                default:
                    await person.PlayAsync(Prompt.Sounds("invalid-entry"));
                    break;
            }
        }

        return await GoodbyeAsync(person, "goodbye");
    }

    private static async ValueTask SetGreetingAsync(ServedCall person, VoicemailKeeper voicemail, string number)
    {
        await person.PlayAsync(Prompt.Sounds("vm-record-greeting"));
        var greeting = await person.RecordAsync(new RecordOrder { MaxLength = voicemail.Options.MaxGreeting, SilenceEnd = TimeSpan.Zero });
        if (greeting is null)
            return;

        // Who hangs up in the middle of it has not said it.
        if (person.IsGone || !greeting.HasSpeech || greeting.Length < voicemail.Options.MinLength)
        {
            voicemail.Drop(person.Tenant, greeting.Recording);
            await person.PlayAsync(Prompt.Sounds("vm-too-short"));
            return;
        }

        await person.WhileThereAsync(voicemail.Ask(() => DoneAsync(voicemail.SetGreetingAsync(person.Tenant, number, greeting.Recording))));
        await person.PlayAsync(new Prompt(new PromptPart.Recording(greeting.Recording)));
        await person.PlayAsync(Prompt.Sounds("saved"));
    }

    private static async ValueTask SetPinAsync(ServedCall person, VoicemailKeeper voicemail, string number)
    {
        var pin = await person.ReadAsync(new ReadOrder { Prompt = Prompt.Sounds("vm-new-pin"), Max = Pin.MostDigits });
        if (person.IsGone)
            return;
        if (!Pin.IsGood(pin, voicemail.Options.MinPin))
        {
            await person.PlayAsync(Prompt.Sounds("invalid-entry"));
            return;
        }

        await person.WhileThereAsync(voicemail.Ask(() => DoneAsync(voicemail.SetPinAsync(person.Tenant, number, pin))));
        await person.PlayAsync(Prompt.Sounds("vm-pin-changed"));
    }

    private static async Task<bool> DoneAsync(Task work)
    {
        await work;
        return true;
    }

    private static async ValueTask<CallEnding?> GoodbyeAsync(ServedCall person, string sound)
    {
        await person.PlayAsync(Prompt.Sounds(sound), keysStop: false);
        return null;
    }
}
