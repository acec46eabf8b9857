namespace Tandem.Media.Codecs;

/// <summary>Reads the text of <c>a=fmtp</c>: <c>name=value</c> parted by semicolons, names in any case (RFC 8866 §6.15).</summary>
public static class FormatParameters
{
    /// <summary>The first value under <paramref name="name"/>; false when it is not there.</summary>
    public static bool TryGet(ReadOnlySpan<char> parameters, ReadOnlySpan<char> name, out ReadOnlySpan<char> value)
    {
        foreach (var range in parameters.Split(';'))
        {
            var entry = parameters[range].Trim();
            var equals = entry.IndexOf('=');
            var key = equals < 0 ? entry : entry[..equals].TrimEnd();
            if (!key.Equals(name, StringComparison.OrdinalIgnoreCase))
                continue;

            value = equals < 0 ? default : entry[(equals + 1)..].Trim().Trim('"');
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>A whole number of at least 0; <paramref name="otherwise"/> when it is missing or no such number.</summary>
    public static int Number(ReadOnlySpan<char> parameters, ReadOnlySpan<char> name, int otherwise) =>
        TryGet(parameters, name, out var value)
        && int.TryParse(value, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? number : otherwise;

    /// <summary>True when the value is 1.</summary>
    public static bool Flag(ReadOnlySpan<char> parameters, ReadOnlySpan<char> name) => TryGet(parameters, name, out var value) && value is "1";
}
