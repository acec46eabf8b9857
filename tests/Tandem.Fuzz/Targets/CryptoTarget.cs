using Tandem.Media.Srtp;

namespace Tandem.Fuzz.Targets;

/// <summary>The value of a=crypto: what is read fits its suite, and what is written of it reads as the same.</summary>
internal static class CryptoTarget
{
    public static int Run(byte[] input)
    {
        if (!CryptoAttribute.TryParse(input, out var attribute, out var problem))
        {
            Check.That(problem.StartsWith("a=crypto: ", StringComparison.Ordinal), "no reason");
            return problem.GetHashCode(StringComparison.Ordinal) & 0xFFFF;
        }

        Check.That(attribute.Key.Fits(attribute.Profile), "a key that does not fit");
        Check.That(CryptoAttribute.TryParse(System.Text.Encoding.ASCII.GetBytes(attribute.Write()), out var again, out _), "what was written is not read");
        Check.That(attribute.Equals(again), "another attribute");
        SrtpContext.Create(attribute.Profile, attribute.Key, SrtpOptions.Default).Dispose();
        return HashCode.Combine(attribute.Profile, attribute.Key.Identifier.Length);
    }
}
