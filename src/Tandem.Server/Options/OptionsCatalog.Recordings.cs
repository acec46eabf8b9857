using Tandem.Media.Recording;
using Tandem.Server.Options.Kinds;
using Tandem.Storage.Recordings;

namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string Recordings = "Recordings";

    private static readonly WordKind RecordingFormats = new(("wav", RecordingFormat.Wav), ("ogg", RecordingFormat.Ogg));

    private static void AddRecordings(List<Setting> list)
    {
        list.Add(Recordings, "RECORDING_FOLDER", o => o.Recordings.Folder, new TextKind("a folder"), "Where recordings lie, encrypted; on a disk of its own they cannot fill that of the database.",
            main: true, defaultText: "recordings in DATA_DIR");
        list.Add(Recordings, "RECORDING_MASTER_KEY", o => o.Storage.RecordingMasterKey, new TextKind("32 bytes in base64 or hexadecimal", RecordingKeyRing.IsMasterKey),
            "Wraps the keys of recordings. Kept away from the disk it makes a stolen disk worthless; lost it makes the recordings so.", main: true, defaultText: "a file in DATA_DIR/keys");
        list.Add(Recordings, "RECORDING_MASTER_KEY_OLD", o => o.Storage.RecordingMasterKeyOld, new TextKind("32 bytes in base64 or hexadecimal", RecordingKeyRing.IsMasterKey),
            "The master key before: it still reads, until `tandem recordings rotate-key` has wrapped all keys with the one that is set now.", defaultText: "none");
        list.Add(Recordings, "RECORDING_FORMAT", o => o.Recordings.Format, RecordingFormats, "What a recording becomes: wav is played by everything, ogg (Opus) takes a tenth of the room.");
        list.Add(Recordings, "RECORDING_RETENTION", o => o.Recordings.Retention, Seconds(0, 3_153_600_000), "Recordings that ended longer ago are deleted; 0 never. A number with d stands for days. Greetings of voicemails stay; for messages VOICEMAIL_RETENTION says it.", main: true);
        list.Add(Recordings, "RECORDING_RETENTION_CHECK", o => o.Recordings.RetentionCheck, Seconds(1, 86_400), "How often it is looked for recordings that are too old, for messages of voicemails that are, and for the sound of voicemails that are gone.");
        list.Add(Recordings, "RECORDING_LOST_AFTER", o => o.Recordings.LostAfter, Seconds(0, 31_536_000), "Several nodes: an entry that is to go, and whose file is not here, is left to the node that has it. Missed so long without a restart, no node has it, and the entry goes alone; 0 at once, for one node or one folder of all.");
        list.Add(Recordings, "RECORDING_RATE", o => o.Media.Recording.SampleRate, new WordKind(("8000", 8000), ("16000", 16000), ("48000", 48000)), "Hertz of recordings; 16000 keeps the sound of wideband calls.");
        list.Add(Recordings, "RECORDING_MAX", o => o.Media.Recording.MaxRecordings, Count(0, 1_000_000, "recordings"), "Recordings at once; a bound on memory, about 200 kB each.");
        list.Add(Recordings, "RECORDING_MAX_DURATION", o => o.Media.Recording.MaxDuration, Seconds(1, 604_800), "The longest recording; it ends then, and the call goes on.");
        list.Add(Recordings, "RECORDING_MIN_FREE", o => o.Media.Recording.MinFreeBytes, new SizeKind(0, 1L << 50), "Room that recordings leave on their disk: below it they end and new ones are refused, calls go on.");
        list.Add(Recordings, "RECORDING_SYNC", o => o.Media.Recording.SyncEachSecond, SwitchKind.Instance, "Have the disk keep each second at once. Without it a loss of power costs what the system had not written by itself; a kill costs a second either way.");
        list.Add(Recordings, "RECORDING_RING", o => o.Media.Recording.RingSamples, Count(8_192, 16_777_216, "samples"), "Sound of one recording that waits for the disk, a power of two; what finds no room is silence in it, and counted.");
        list.Add(Recordings, "RECORDING_POLL", o => o.Media.Recording.PollInterval, Milliseconds(1, 1_000), "How often the writer looks for sound.");
        list.Add(Recordings, "RECORDING_WAITING", o => o.Recordings.WaitingRows, Count(16, 1_000_000, "entries"), "Entries of recordings that wait while the database is away; those beyond are listed after the next start.");
        list.Add(Recordings, "RECORDING_RETRY", o => o.Recordings.RetryPause, Milliseconds(10, 600_000), "Pause before an entry that the database did not take is tried again.");
    }
}
