"""Draw the brand images from docs/brand/icon.svg with the browser that script/setup --browser finds."""

from pathlib import Path
import shutil

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
ICON = (ROOT / "docs/brand/icon.svg").read_text()
BRAND = ROOT / "custom_components/ewelink/brand"
LOGO = (
    "align-items:center;gap:18px;font:600 92px 'DejaVu Sans',sans-serif;letter-spacing:-3px;padding-right:6px"
)


def picture(size: int) -> str:
    """Return the icon at a size in pixels."""
    return ICON.replace("<svg ", f'<svg width="{size}" height="{size}" style="display:block" ')


def draw(page: Page, name: str, body: str, style: str = "") -> None:
    """Take a transparent picture of a piece of HTML, no larger than it is."""
    page.set_content(
        f'<body style="margin:0"><div id="brand" style="display:inline-flex;{style}">{body}</div></body>'
    )
    page.locator("#brand").screenshot(path=BRAND / f"{name}.png", omit_background=True)


def main() -> None:
    """Draw every image at its two sizes."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        for scale, suffix in ((1, ""), (2, "@2x")):
            page = browser.new_page(device_scale_factor=scale)
            draw(page, f"icon{suffix}", picture(256))
            for prefix, colour in (("", "#17324d"), ("dark_", "#f2f7fb")):
                draw(
                    page,
                    f"{prefix}logo{suffix}",
                    f"{picture(144)}<span>eWeLink</span>",
                    f"{LOGO};color:{colour}",
                )
        browser.close()


if __name__ == "__main__":
    main()
