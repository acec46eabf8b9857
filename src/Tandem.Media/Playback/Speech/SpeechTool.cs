namespace Tandem.Media.Playback.Speech;

/// <summary>A program of this machine that turns text into a WAV file: one of the two whose way of calling is known.</summary>
/// <param name="Path">The file of the program.</param>
/// <param name="IsFlite">True for flite, false for espeak-ng.</param>
public sealed record SpeechTool(string Path, bool IsFlite)
{
    private const string Flite = "flite";
    private const string Espeak = "espeak-ng";

    /// <summary>Its name, for people.</summary>
    public string Name => IsFlite ? Flite : Espeak;

    /// <summary>
    /// The program that an option names: <c>auto</c> (flite sounds better and goes first), <c>none</c>, a name that is looked up in <paramref name="searchPath"/>, or a path whose last
    /// part is one of the names. Null with a reason when there is none.
    /// </summary>
    public static SpeechTool? Find(string option, string searchPath, out string error)
    {
        error = "";
        switch (option)
        {
            case "none":
                error = "speaking free text is turned off (SPEECH_TOOL)";
                return null;
            case "auto":
                var found = Look(Flite, searchPath) ?? Look(Espeak, searchPath);
                if (found is null)
                    error = "there is no speech tool on this machine: install the package flite or espeak-ng";
                return found;
            case Flite or Espeak:
                var named = Look(option, searchPath);
                if (named is null)
                    error = $"{option} is not on this machine";
                return named;
        }

        var name = System.IO.Path.GetFileName(option);
        if (!System.IO.Path.IsPathRooted(option) || name is not (Flite or Espeak))
        {
            error = "SPEECH_TOOL names neither flite nor espeak-ng";
            return null;
        }

        if (File.Exists(option))
            return new SpeechTool(option, name == Flite);

        error = $"{option} does not exist";
        return null;
    }

    /// <summary>The arguments: nothing of the text is among them, and the names of voices are checked before.</summary>
    internal string[] Arguments(string voice, string output) => IsFlite
        ? ["-voice", voice.Length > 0 ? voice : "slt", "-f", "/dev/stdin", "-o", output]
        : ["--stdin", "-v", voice.Length > 0 ? voice : "en-us", "-w", output];

    private static SpeechTool? Look(string name, string searchPath)
    {
        foreach (var folder in searchPath.Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            // A relative entry would be looked up wherever the server happens to run.
            if (!System.IO.Path.IsPathRooted(folder))
                continue;

            var path = System.IO.Path.Combine(folder, name);
            if (File.Exists(path))
                return new SpeechTool(path, name == Flite);
        }

        return null;
    }
}
