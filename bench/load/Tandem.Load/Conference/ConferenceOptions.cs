namespace Tandem.Load.Conference;

/// <summary>What a run of the conference load does.</summary>
/// <param name="Codec">pcmu, pcma, g722 or opus.</param>
/// <param name="Members">Participants in all rooms together.</param>
/// <param name="Room">Participants of one room.</param>
/// <param name="Speakers">Participants of each room who speak; the others send silence.</param>
/// <param name="Seconds">Length of the measurement.</param>
/// <param name="Port">First port of the engine; it uses four for each participant.</param>
internal sealed record ConferenceOptions(string Codec, int Members, int Room, int Speakers, int Seconds, int Port)
{
    public static ConferenceOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new ConferenceOptions("pcmu", 300, 3, int.MaxValue, 10, 40000);
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            var value = arguments[i + 1];
            options = arguments[i] switch
            {
                "--codec" => options with { Codec = value.ToLowerInvariant() },
                "--members" => options with { Members = int.Parse(value) },
                "--room" => options with { Room = int.Parse(value) },
                "--speakers" => options with { Speakers = int.Parse(value) },
                "--port" => options with { Port = int.Parse(value) },
                "--seconds" => options with { Seconds = int.Parse(value) },
                _ => throw new ArgumentException($"'{arguments[i]}' is unknown; accepted: --codec pcmu|pcma|g722|opus --members N --room N --speakers N (of each room; default all) --seconds S --port P"),
            };
        }

        return options;
    }

    /// <summary>The payload type and rtpmap of the codec.</summary>
    public (int Type, string Map) Format => Codec switch
    {
        "pcmu" => (0, "PCMU/8000"),
        "pcma" => (8, "PCMA/8000"),
        "g722" => (9, "G722/8000"),
        "opus" => (111, "opus/48000/2"),
        _ => throw new ArgumentException($"--codec '{Codec}' is unknown; accepted: pcmu, pcma, g722, opus"),
    };
}
