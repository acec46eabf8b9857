namespace Tandem.Media.Playback.Speaking;

/// <summary>The languages whose grammar is known.</summary>
public static class SpokenLanguages
{
    private static readonly SpokenLanguage[] Known = [new English()];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<SpokenLanguage> All => Known;

    /// <summary>The language of a tag; a region is left out when only the language is known (<c>en-GB</c> finds <c>en</c>). Null when there is none.</summary>
    public static SpokenLanguage? Find(string tag)
    {
        var dash = tag.IndexOf('-');
        var main = dash < 0 ? tag : tag[..dash];
        return Array.Find(Known, language => language.Tag.Equals(main, StringComparison.OrdinalIgnoreCase));
    }
}
