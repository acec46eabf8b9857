using Tandem.Server.Options.Kinds;

namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string Voicemail = "Voicemail";

    private static void AddVoicemail(List<Setting> list)
    {
        list.Add(Voicemail, "VOICEMAIL_MAX_MESSAGES", o => o.Voicemail.MaxMessages, Count(1, 10_000, "messages"), "Messages that a mailbox holds; further callers hear that it is full.", main: true);
        list.Add(Voicemail, "VOICEMAIL_MAX_WAITING", o => o.Voicemail.MaxWaiting, Count(0, 100_000, "messages"),
            "Messages that wait in DATA_DIR/voicemail while the database is away, of all mailboxes; further callers hear that something is wrong. 0: none waits.");
        list.Add(Voicemail, "VOICEMAIL_WAITING_RETRY", o => o.Voicemail.WaitingRetry, Seconds(1, 3_600), "How often it is tried to put them into their mailboxes.");
        list.Add(Voicemail, "VOICEMAIL_RETENTION", o => o.Voicemail.Retention, Seconds(0, 3_153_600_000),
            "Messages that were left longer ago are deleted with their sound, heard or not; 0 never. Looked at every RECORDING_RETENTION_CHECK.", main: true, defaultText: "RECORDING_RETENTION");
        list.Add(Voicemail, "VOICEMAIL_MAX_LENGTH", o => o.Voicemail.MaxLength, Seconds(1, 3_600), "The longest message.", main: true);
        list.Add(Voicemail, "VOICEMAIL_MIN_LENGTH", o => o.Voicemail.MinLength, Seconds(0, 60), "A message that is shorter is not kept: somebody hung up at the tone.");
        list.Add(Voicemail, "VOICEMAIL_SILENCE", o => o.Voicemail.SilenceEnd, Seconds(0, 120), "As long a silence ends a message; 0: none does.");
        list.Add(Voicemail, "VOICEMAIL_MAX_GREETING", o => o.Voicemail.MaxGreeting, Seconds(1, 600), "The longest greeting.");
        list.Add(Voicemail, "VOICEMAIL_MIN_PIN", o => o.Voicemail.MinPin, Count(1, 12, "digits"), "The shortest PIN.");
        list.Add(Voicemail, "VOICEMAIL_MAX_WRONG_PINS", o => o.Voicemail.MaxWrongPins, Count(1, 100, "PINs"), "Wrong PINs in a row that lock a mailbox.");
        list.Add(Voicemail, "VOICEMAIL_LOCK_OUT", o => o.Voicemail.LockOut, Seconds(1, 86_400), "For how long it is locked.");
        list.Add(Voicemail, "VOICEMAIL_KEY_TIME", o => o.Voicemail.KeyTime, Seconds(1, 60), "How long a key is waited for in a menu.");
        list.Add(Voicemail, "VOICEMAIL_REVIEW_TIME", o => o.Voicemail.ReviewTime, Seconds(1, 60), "The same after a message was left.");
        list.Add(Voicemail, "VOICEMAIL_MESSAGE_TRIES", o => o.Voicemail.MessageTries, Count(1, 50, "tries"), "How often somebody may say his message anew, and hears what he can do with it.");
        list.Add(Voicemail, "VOICEMAIL_PIN_TRIES", o => o.Voicemail.PinTries, Count(1, 20, "tries"), "How often somebody may type the PIN in one call.");
        list.Add(Voicemail, "VOICEMAIL_MAX_SILENCES", o => o.Voicemail.MaxSilences, Count(1, 50, "menus"), "A menu that nobody answers so often ends the call.");
        list.Add(Voicemail, "VOICEMAIL_MAX_MENUS", o => o.Voicemail.MaxMenus, Count(1, 10_000, "menus"), "Menus of one call to a mailbox: who hears more has forgotten to hang up.");
        list.Add(Routing, "CODE_OWN_MAILBOX", o => o.Routing.Codes.OwnMailbox, DialString, "Dialled for the messages of one's own phone; empty switches it off.");
        list.Add(Routing, "CODE_ANY_MAILBOX", o => o.Routing.Codes.AnyMailbox, DialString, "Dialled for the messages of any extension, which may stand behind it; a PIN is asked for.");
        list.Add(Routing, "CODE_AGENT_LOGIN", o => o.Routing.Codes.AgentLogIn, DialString, "Dialled by an agent to log in to his queues.");
        list.Add(Routing, "CODE_AGENT_LOGOUT", o => o.Routing.Codes.AgentLogOut, DialString, "Dialled by an agent to log out.");
        list.Add(Routing, "CODE_AGENT_PAUSE", o => o.Routing.Codes.AgentPause, DialString, "Dialled by an agent to begin a pause, or to end it; two digits behind it are its reason.");
        list.Add(Voicemail, "VOICEMAIL_OWN_PHONE", o => o.Voicemail.OwnPhoneNeedsNoPin, SwitchKind.Instance, "Whether the phone of an extension hears its messages without a PIN while none is set.");
    }
}
