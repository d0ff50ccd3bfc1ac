"""Pictures as inline SVG, coloured by the style sheet: bars of days, charts, badges."""
